// Command rehearse plays stories on a simulated GitHub and shows them: what people type, what each
// gate says, what is done, what is answered.
//
//	rehearse                         the story that the README tells
//	rehearse story.txtar …           stories of your own
//	rehearse -brief story.txtar …    the same without the gates that let a command pass
//	rehearse -doctor .github/workflows
//	                                 says what to change in the workflow files of a folder
//	rehearse -serve 127.0.0.1:8080 -dir folder
//	                                 the simulated GitHub on a port, with a command waiting; when it is
//	                                 stopped it says which events the tracking endpoint got, and what
//	                                 GitHub would not have accepted
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "rehearse:", err)
		os.Exit(1) //nolint:gocritic // nothing is left for stop to do
	}
}

// pace is how many times as fast as in real time a rehearsal waits.
const pace = 20

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("rehearse", flag.ContinueOnError)
	address := flags.String("serve", "", "serve the simulated GitHub on this address instead")
	dir := flags.String("dir", ".", "where -serve puts event.json and variables.env")
	command := flags.String("command", ".deploy to development", "comment that -serve puts on the pull request")
	examined := flags.String("doctor", "", "say what to change in the workflow files of this `folder` instead")
	brief := flags.Bool("brief", false, "leave out the gates that let a command pass, and most outputs")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil // it is there already
	case err != nil:
		return err
	}
	if *address != "" {
		return serve(ctx, out, *address, *dir, *command)
	}
	if *examined != "" {
		return rehearse.Doctor(ctx, *examined, &rehearse.Printer{Out: out, Paint: paint(out), Brief: *brief})
	}
	stories, err := rehearse.Stories(flags.Args()...)
	if err != nil {
		return err
	}
	printer := &rehearse.Printer{Out: out, Paint: paint(out), Brief: *brief}
	var problems []error
	for _, story := range stories {
		problems = append(problems, rehearse.Run(ctx, story, rehearse.Options{Show: printer, Pace: pace}))
	}
	return errors.Join(problems...)
}

// paint colours on a terminal, unless NO_COLOR asks for plain text.
func paint(out io.Writer) rehearse.Paint {
	file, isFile := out.(*os.File)
	if !isFile || os.Getenv("NO_COLOR") != "" {
		return rehearse.Paint{}
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return rehearse.Paint{}
	}
	return rehearse.Colours()
}

func serve(ctx context.Context, out io.Writer, address, dir, command string) error {
	service, err := rehearse.NewService(ctx, address, rehearse.Waiting(command))
	if err != nil {
		return err
	}
	if err := service.WriteTo(dir); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%s is ready: see %s\n", service.URL, filepath.Join(dir, "variables.env")); err != nil {
		return err
	}
	<-ctx.Done()
	for _, line := range service.Report() {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}
