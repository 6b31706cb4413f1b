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
	report(out, result, *check)
	if *check && len(result.Stale) > 0 {
		return errors.New("files are stale: run go run ./cmd/docs")
	}
	if !*check {
		if err := result.Write(*root); err != nil {
			return err
		}
	}
	if len(result.Problems) > 0 {
		return errors.New("the documentation has problems that only people can solve")
	}
	return nil
}

// report lists what is stale or was written, and what is wrong.
func report(out io.Writer, result docs.Result, check bool) {
	verb := "wrote"
	if check {
		verb = "stale:"
	}
	for _, name := range slices.Sorted(maps.Keys(result.Stale)) {
		fmt.Fprintln(out, verb, name)
	}
	for _, problem := range result.Problems {
		fmt.Fprintln(out, "problem:", problem)
	}
}
