// Command schema cuts GitHub's published API descriptions down to what the simulator answers.
//
//	go run ./internal/tools/schema -graphql schema.graphql -openapi rest-api.openapi.json -out testdata/schema
//
// A type that is kept stays complete in those of its fields whose own types are kept:
// requests are validated against GitHub's contract.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("schema", flag.ContinueOnError)
	graphql := flags.String("graphql", "", "GitHub's `schema.graphql`")
	openapi := flags.String("openapi", "", "GitHub's OpenAPI description as a JSON `file`")
	out := flags.String("out", "testdata/schema", "`directory` for the pruned files")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return errors.Join(
		convert(*graphql, filepath.Join(*out, "github.graphql"), pruneGraphQL),
		convert(*openapi, filepath.Join(*out, "rest.openapi.json"), pruneOpenAPI),
	)
}

func convert(from, to string, prune func([]byte) ([]byte, error)) error {
	data, err := os.ReadFile(from) //nolint:gosec // the one who runs it names the file
	if err != nil {
		return fmt.Errorf("read description: %w", err)
	}
	pruned, err := prune(data)
	if err != nil {
		return fmt.Errorf("prune %q: %w", from, err)
	}
	return os.WriteFile(to, pruned, 0o644) //nolint:gosec // a public description, readable by everyone
}
