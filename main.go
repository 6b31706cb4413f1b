// Command lockstep is the GitHub Action: one binary with two entry points, main and post, told
// apart by the name that it is started under.
package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
	_ "time/tzdata" // the image has no zones

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/runner"
)

// version is set by the linker.
var version = "dev"

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	action := app.New(runner.New(os.Stdout, os.Getenv), app.Deps{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute},
		Now:       time.Now,
		Environ:   os.Environ,
		Version:   version,
	})
	if filepath.Base(os.Args[0]) == "lockstep-post" {
		return action.Post(ctx)
	}
	return action.Main(ctx)
}
