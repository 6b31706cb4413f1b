// Command measure runs the action against the simulated GitHub on a port of this machine, as the runner starts
// it, and writes what it takes into a page.
//
//	measure -page docs/performance.md
//	measure -image lockstep:ci -runs 15 -page docs/performance.md
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1) //nolint:gocritic // nothing is left for stop to do
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("measure", flag.ContinueOnError)
	page := flags.String("page", "", "the page whose tables are rewritten; they are only printed when empty")
	image := flags.String("image", "lockstep:ci", "the image whose size is looked up, if an engine has it")
	runs := flags.Int("runs", 9, "how often each command is run; the median counts")
	if err := flags.Parse(args); err != nil {
		return err
	}
	m, err := newMachine(ctx, *runs)
	if err != nil {
		return err
	}
	defer m.clean()
	var results []result
	for _, example := range rehearse.Examples() {
		measured, err := m.measure(ctx, example)
		if err != nil {
			return fmt.Errorf("measure %s: %w", example.Name, err)
		}
		results = append(results, measured)
	}
	text := tables(results, m.sizes(ctx, *image))
	if *page == "" {
		fmt.Println(text)
		return nil
	}
	return rewrite(*page, text)
}

// rewrite puts the tables between their markers on the page.
func rewrite(page, text string) error {
	const begin, end = "<!-- measured -->\n", "<!-- /measured -->"
	content, err := os.ReadFile(page) //nolint:gosec // the caller names the page
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	before, rest, opened := strings.Cut(string(content), begin)
	_, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		return fmt.Errorf("page %q has no place for the tables", page)
	}
	if err := os.WriteFile(page, []byte(before+begin+text+end+after), 0o600); err != nil { //nolint:gosec // the same
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}
