// Command docs writes what is generated in the documentation and in action.yml.
//
//	docs          write what is stale, in the module of this directory
//	docs -check   write nothing, list what is stale, and fail when there is any
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/lockstep-action/lockstep/internal/docs"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("docs", flag.ContinueOnError)
	check := flags.Bool("check", false, "list what is stale instead of writing it")
	root := flags.String("root", ".", "directory of the module")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil // it is there already
	case err != nil:
		return err
	}
	result := docs.Render(*root)
	handle := write
	if *check {
		handle = compare
	}
	return errors.Join(handle(out, *root, result), problems(out, result))
}

// write writes the stale files.
func write(out io.Writer, root string, result docs.Result) error {
	if err := result.Write(root); err != nil {
		return err
	}
	return list(out, "wrote", slices.Sorted(maps.Keys(result.Stale)))
}

// compare lists the stale files.
func compare(out io.Writer, _ string, result docs.Result) error {
	if len(result.Stale) == 0 {
		return nil
	}
	return errors.Join(list(out, "stale:", slices.Sorted(maps.Keys(result.Stale))), errors.New("files are stale: run go run ./cmd/docs"))
}

// problems lists what no generator can solve.
func problems(out io.Writer, result docs.Result) error {
	if len(result.Problems) == 0 {
		return nil
	}
	return errors.Join(list(out, "problem:", result.Problems), errors.New("the documentation has problems that only people can solve"))
}

func list(out io.Writer, word string, lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, word, line); err != nil {
			return err
		}
	}
	return nil
}
