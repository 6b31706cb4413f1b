// Command pages writes the pages of tests as files, for a browser.
//
//	go run ./internal/tools/pages -out folder
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lockstep-action/lockstep/internal/page"
	"github.com/lockstep-action/lockstep/internal/page/pagetest"
)

func main() {
	out := flag.String("out", "", "the `folder` for the pages")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	all := map[string]string{}
	for name, one := range pagetest.Pages() {
		all[name] = page.HTML(one)
	}
	for name, one := range pagetest.Reports() {
		all[name] = page.DORA(one)
	}
	for name, text := range all {
		path := filepath.Join(folder, name+".html")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // everyone may read them
			return err
		}
	}
	return nil
}
