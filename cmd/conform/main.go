// Command conform plays what Lockstep assumes about GitHub: on a real repository, or on the embedded simulator. It
// says what holds.
//
//	conform -sim                     on the simulator
//	conform -repo OWNER/SCRATCH      on GitHub: say what would be done, and change nothing
//	conform -repo OWNER/SCRATCH -yes do it; the token comes from GITHUB_TOKEN
//	conform -repo OWNER/SCRATCH -clean -yes
//	                                 remove what an interrupted run left behind
//
// It exits 0 when all that was tried holds, 1 when something does not or was left behind, 2 when nothing was played.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lockstep-action/lockstep/internal/conform"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	status, err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "conform:", conform.Printable(err.Error(), os.Getenv("GITHUB_TOKEN")))
	}
	stop()
	os.Exit(status) //nolint:gocritic // nothing is left for stop to do
}

// Exit statuses.
const (
	holds   = 0
	differs = 1
	unused  = 2
)

// settings are what the command line asks for.
type settings struct {
	conform.Options
	simulate, clean, yes bool
}

func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) (int, error) {
	asked, err := parse(args, getenv, out)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return holds, nil
	case err != nil:
		return unused, err
	}
	if asked.simulate {
		report, err := conform.Simulate(ctx, asked.Observe)
		return sum(ctx, report, err, asked, out)
	}
	session, err := conform.Open(ctx, asked.Options)
	if err != nil {
		return unused, err
	}
	if asked.clean {
		return clean(ctx, session, asked, out)
	}
	if err := printAll(out, session.Plan()); err != nil {
		return unused, err
	}
	if !asked.yes {
		return unused, errNothingDone
	}
	report, err := session.Play(ctx, conform.Table())
	return sum(ctx, report, err, asked, out)
}

var errNothingDone = errors.New("nothing was done: run it again with -yes")

// sum prints what came of a run, and says how it exits.
func sum(ctx context.Context, report conform.Report, err error, asked settings, out io.Writer) (int, error) {
	if err != nil {
		return unused, err
	}
	if err := printAll(out, report.Lines(asked.Token)); err != nil || !report.Holds() || ctx.Err() != nil {
		return differs, errors.Join(err, context.Cause(ctx))
	}
	return holds, nil
}

func parse(args []string, getenv func(string) string, out io.Writer) (settings, error) {
	flags := flag.NewFlagSet("conform", flag.ContinueOnError)
	flags.SetOutput(out)
	var asked settings
	flags.StringVar(&asked.Repository, "repo", "", "play on this `OWNER/NAME`")
	flags.StringVar(&asked.API, "api", getenv("GITHUB_API_URL"), "`address` of the REST interface")
	flags.BoolVar(&asked.simulate, "sim", false, "play on the embedded simulator, which needs no token")
	flags.BoolVar(&asked.clean, "clean", false, "only remove what earlier runs left behind")
	flags.BoolVar(&asked.yes, "yes", false, "do it")
	flags.DurationVar(&asked.Pace, "pace", time.Second, "wait so long before each `write`, as GitHub asks for")
	granted := flags.String("permissions", "", "the token's `permissions`, as \"contents: write, checks: read\"; unknown if empty, or \"none\"")
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	asked.Token = getenv("GITHUB_TOKEN")
	asked.RunID, _ = strconv.ParseInt(getenv("GITHUB_RUN_ID"), 10, 64) // 0 outside of a workflow
	asked.Run = cmp.Or(getenv("GITHUB_RUN_ID"), strings.ToLower(rand.Text()[:8]))
	if *granted != "" {
		var err error
		if asked.Permissions, err = conform.ParsePermissions(*granted); err != nil {
			return settings{}, err
		}
	}
	switch {
	case asked.simulate == (asked.Repository != ""), flags.NArg() > 0:
		return settings{}, errors.New("name a repository with -repo OWNER/NAME, or play on the simulator with -sim")
	case asked.simulate && *granted != "":
		return settings{}, errors.New("-sim gives each row a token that suits it: leave out -permissions")
	}
	asked.Observe = func(row conform.Row) { _ = printAll(out, []string{row.Line(asked.Token)}) } // the sum fails as well
	return asked, nil
}

// clean removes what earlier runs left behind.
func clean(ctx context.Context, session *conform.Session, asked settings, out io.Writer) (int, error) {
	found, err := session.Leftovers(ctx)
	if err != nil {
		return unused, err
	}
	if len(found) == 0 {
		return holds, printAll(out, []string{"there is nothing to remove"})
	}
	lines := []string{"This removes from " + asked.Repository + ":"}
	for _, one := range found {
		lines = append(lines, "  "+conform.Printable(one, asked.Token))
	}
	if err := printAll(out, lines); err != nil {
		return unused, err
	}
	if !asked.yes {
		return unused, errNothingDone
	}
	if left := session.Clean(ctx); len(left) > 0 {
		return differs, printAll(out, conform.Report{Left: left}.Lines(asked.Token))
	}
	return holds, printAll(out, []string{"removed"})
}

func printAll(out io.Writer, lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}
