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
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // not every machine has zones

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

// options are what the command line asks for.
type options struct {
	serve, dir, command string
	doctor              string
	brief               bool
	stories             []string // files, or names of bundled stories
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args, out)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil // it is there already
	case err != nil:
		return fmt.Errorf("%w; -h lists the flags", err)
	case o.serve != "":
		return serve(ctx, out, o)
	case o.doctor != "":
		return rehearse.Doctor(ctx, o.doctor, o.printer(out))
	}
	return play(ctx, out, o)
}

// parse reads the command line. It answers -h with the usage.
func parse(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("rehearse", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.serve, "serve", "", "serve the simulated GitHub on this `address` instead")
	flags.StringVar(&o.dir, "dir", ".", "the `folder` where -serve puts event.json and variables.env")
	flags.StringVar(&o.command, "command", ".deploy to development", "the `comment` that -serve puts on the pull request")
	flags.StringVar(&o.doctor, "doctor", "", "say what to change in the workflow files of this `folder`, such as a repository, instead")
	flags.BoolVar(&o.brief, "brief", false, "leave out the gates that let a command pass, and most outputs")
	var err error
	if o.stories, err = parseAnywhere(flags, args); errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(out, usage()) // like the flags: an error has nowhere to go
		flags.SetOutput(out)
		flags.PrintDefaults()
	}
	if err == nil && len(o.stories) > 0 && o.serve+o.doctor != "" {
		err = fmt.Errorf("-serve and -doctor take no argument %q", o.stories[0])
	}
	return o, err
}

// parseAnywhere reads flags before and after other arguments, and returns these.
func parseAnywhere(flags *flag.FlagSet, args []string) ([]string, error) {
	var others []string
	err := flags.Parse(args)
	for err == nil && flags.NArg() > 0 {
		others = append(others, flags.Arg(0))
		err = flags.Parse(flags.Args()[1:])
	}
	return others, err
}

// usage is what -h shows above the flags.
func usage() string {
	var b strings.Builder
	b.WriteString(`Usage: rehearse [-brief] [story ...]
       rehearse -serve address [-dir folder] [-command comment]
       rehearse [-brief] -doctor folder

Plays stories on a simulated GitHub and shows them. A story is a *.txtar file or a bundled one; the default is order.
Bundled stories:

`)
	for names := range slices.Chunk(rehearse.StoryNames(), 6) {
		b.WriteString("  " + strings.Join(names, ", ") + "\n")
	}
	return b.String() + "\nFlags:\n"
}

func play(ctx context.Context, out io.Writer, o options) error {
	stories, err := rehearse.Stories(o.stories...)
	if err != nil {
		return err
	}
	printer := o.printer(out)
	var problems []error
	for _, story := range stories {
		problems = append(problems, rehearse.Run(ctx, story, rehearse.Options{Show: printer, Pace: pace}))
	}
	return errors.Join(problems...)
}

func (o options) printer(out io.Writer) *rehearse.Printer {
	return &rehearse.Printer{Out: out, Paint: paint(out), Brief: o.brief}
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

func serve(ctx context.Context, out io.Writer, o options) error {
	service, err := rehearse.NewService(ctx, o.serve, rehearse.Waiting(o.command))
	if err != nil {
		return err
	}
	if err := service.WriteTo(o.dir); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%s is ready: see %s\n", service.URL, filepath.Join(o.dir, "variables.env")); err != nil {
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
