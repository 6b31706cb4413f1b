//go:build js

// Command playground is, compiled for browsers, the engine of the playground: it plays stories for a page.
package main

import (
	"context"
	"encoding/json"
	"syscall/js"
	_ "time/tzdata" // browsers have no zones for Go

	"github.com/lockstep-action/lockstep/internal/playground"
	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// engine is the name under which JavaScript finds the calls. Each is a promise of JSON.
const engine = "lockstep"

func main() {
	schema, err := rehearse.LoadSchema()
	if err != nil {
		panic(err)
	}
	session, ctx := playground.New(schema), context.Background()
	js.Global().Set(engine, map[string]any{
		"begin": promised(func(text string) any { return session.Begin(ctx, text) }),
		"line":  promised(func(text string) any { return session.Line(ctx, text) }),
		"look":  promised(func(string) any { return session.Look() }),
		"rules": promised(func(text string) any { return playground.CheckRules(text) }),
	})
	js.Global().Call("lockstepReady")
	select {}
}

// promised is a function for JavaScript with one text, or none. Its promise resolves to the answer as JSON.
func promised(do func(text string) any) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		text := ""
		if len(args) > 0 && args[0].Type() == js.TypeString {
			text = args[0].String()
		}
		var executor js.Func
		executor = js.FuncOf(func(_ js.Value, settle []js.Value) any {
			go func() {
				defer executor.Release()
				settle[0].Invoke(encoded(do(text)))
			}()
			return nil
		})
		return js.Global().Get("Promise").New(executor)
	})
}

func encoded(answer any) string {
	data, err := json.Marshal(answer)
	if err != nil {
		panic(err) // answers are plain data
	}
	return string(data)
}
