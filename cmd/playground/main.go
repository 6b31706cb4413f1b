//go:build !js

// Command playground makes the page on which people try the action in their browser, and serves it.
//
//	playground                          on 127.0.0.1:8080
//	playground -serve 127.0.0.1:9000    there
//	playground -out site                only writes the files, for any server
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // not every machine has zones
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "playground:", err)
		os.Exit(1) //nolint:gocritic // nothing is left for stop to do
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("playground", flag.ContinueOnError)
	flags.SetOutput(out)
	folder := flags.String("out", "", "write the page into this `folder`, and serve nothing")
	address := flags.String("serve", "127.0.0.1:8080", "serve the page on this `address`")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil // it is there already
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unknown argument %q; -h lists the flags", flags.Arg(0))
	case *folder != "":
		return write(ctx, *folder)
	}
	return serve(ctx, *address, out)
}

// serve makes the page in a temporary folder, and serves it until the context ends.
func serve(ctx context.Context, address string, out io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer listener.Close() //nolint:errcheck // the server closes it, too
	folder, err := os.MkdirTemp("", "playground-")
	if err != nil {
		return fmt.Errorf("make room for the page: %w", err)
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a left-over temporary folder does no harm
	if _, err := fmt.Fprintln(out, "Compiling the page, which takes a minute the first time…"); err != nil {
		return err
	}
	if err := write(ctx, folder); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "http://%s/\n", listener.Addr()); err != nil {
		return err
	}
	server := &http.Server{Handler: http.FileServer(http.Dir(folder)), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the page: %w", err)
	}
	return nil
}
