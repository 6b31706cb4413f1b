//go:build !js

package main

import (
	"compress/gzip"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/lockstep-action/lockstep/internal/playground"
	"github.com/lockstep-action/lockstep/internal/rehearse"
)

//go:embed web
var web embed.FS

// write makes all files of the page in a folder. It overwrites what an earlier call made there.
func write(ctx context.Context, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // the page is for everyone
		return fmt.Errorf("make folder: %w", err)
	}
	for _, part := range []func(context.Context, string) error{writeStatic, writeGlue, writeStories, writeFirst, writeEngine} {
		if err := part(ctx, folder); err != nil {
			return err
		}
	}
	return nil
}

// writeStatic copies what is in the source as it is.
func writeStatic(_ context.Context, folder string) error {
	names, err := fs.Glob(web, "web/*")
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	for _, name := range names {
		data, err := web.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read %q: %w", name, err)
		}
		if err := save(folder, filepath.Base(name), data); err != nil {
			return err
		}
	}
	return nil
}

// writeGlue copies what connects Go with the browser. It has to be of the version that compiles the engine.
func writeGlue(ctx context.Context, folder string) error {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("find Go: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return fmt.Errorf("read what connects Go with the browser: %w", err)
	}
	return save(folder, "wasm_exec.js", data)
}

func writeStories(_ context.Context, folder string) error {
	stories, err := playground.Stories()
	if err != nil {
		return err
	}
	return saveJSON(folder, "stories.json", stories)
}

// writeFirst plays the first story. Its picture is there before the engine is.
func writeFirst(ctx context.Context, folder string) error {
	if err := save(folder, "first.txtar", []byte(playground.First())); err != nil {
		return err
	}
	schema, err := rehearse.LoadSchema()
	if err != nil {
		return err
	}
	session := playground.New(schema)
	answer := session.Begin(ctx, playground.First())
	if answer.Problem != nil {
		return fmt.Errorf("play the first story, line %d: %s", answer.Problem.Line, answer.Problem.Text)
	}
	answer.Took = 0 // how long it takes here is of no use on the page
	return errors.Join(saveJSON(folder, "first.json", answer), session.Close())
}

// engineFlags make the engine small, and the same in every folder. Without inlining it is a sixth smaller.
func engineFlags() []string {
	return []string{"build", "-trimpath", "-buildvcs=false", "-tags", "nethttpomithttp2", "-gcflags=all=-l", "-ldflags", "-s -w -buildid="}
}

// writeEngine compiles the engine, and packs it: not every server packs what a browser gets.
func writeEngine(ctx context.Context, folder string) error {
	temporary, err := os.MkdirTemp("", "engine-")
	if err != nil {
		return fmt.Errorf("make room for the engine: %w", err)
	}
	defer os.RemoveAll(temporary) //nolint:errcheck // a left-over temporary folder does no harm
	engine := filepath.Join(temporary, "engine.wasm")
	build := exec.CommandContext(ctx, "go", append(engineFlags(), "-o", engine, "github.com/lockstep-action/lockstep/cmd/playground")...) //nolint:gosec // our own flags
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the engine: %w", err)
	}
	return pack(engine, filepath.Join(folder, "engine.wasm.gz"))
}

func pack(from, to string) error {
	source, err := os.Open(from) //nolint:gosec // our own temporary file
	if err != nil {
		return fmt.Errorf("read the engine: %w", err)
	}
	defer source.Close()         //nolint:errcheck // it was only read
	target, err := os.Create(to) //nolint:gosec // the person at the terminal names the folder
	if err != nil {
		return fmt.Errorf("write the engine: %w", err)
	}
	packer, err := gzip.NewWriterLevel(target, gzip.BestCompression)
	if err == nil {
		_, err = io.Copy(packer, source)
		err = errors.Join(err, packer.Close())
	}
	if err = errors.Join(err, target.Close()); err != nil {
		return fmt.Errorf("pack the engine: %w", err)
	}
	return nil
}

func saveJSON(folder, name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	return save(folder, name, data)
}

func save(folder, name string, data []byte) error {
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil { //nolint:gosec // the page is for everyone
		return fmt.Errorf("write %q: %w", name, err)
	}
	return nil
}
