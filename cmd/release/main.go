// Command release does the error-prone parts of a release, for .github/workflows/release.yml.
//
//	git tag | release plan -version 1.2.0        is there anything against this release?
//	release pin -version 1.2.0 -digest sha256:…  writes the released image into action.yml
//	release publish -version 1.2.0 …             commit, tag, release, tag of the major version
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/release"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1) //nolint:gocritic // nothing is left for stop to do
	}
}

// job is one call of the command.
type job struct {
	in      io.Reader
	out     io.Writer
	version release.Version

	dir, digest, repository, source, runURL string
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	j := job{in: in, out: out}
	if len(args) == 0 {
		return fmt.Errorf("say what to do: plan, pin or publish")
	}
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.StringVar(&j.dir, "dir", ".", "the checkout")
	version := flags.String("version", "", "the version, such as 1.2.0 or 1.2.0-rc.1")
	flags.StringVar(&j.digest, "digest", "", "the digest of the image")
	flags.StringVar(&j.repository, "repository", "lockstep-action/lockstep", "where to publish")
	flags.StringVar(&j.source, "source", "", "the commit that was built")
	flags.StringVar(&j.runURL, "run", "", "the address of the workflow's run")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	var err error
	if j.version, err = release.ParseVersion(*version); err != nil {
		return err
	}
	switch args[0] {
	case "plan":
		return j.plan()
	case "pin":
		return j.pin()
	case "publish":
		return j.publish(ctx)
	}
	return fmt.Errorf("%q is not a part of a release", args[0])
}

// plan looks for what would stop the release later, and prints what the workflow needs.
func (j job) plan() error {
	tags, err := io.ReadAll(j.in)
	if err != nil {
		return fmt.Errorf("read tags: %w", err)
	}
	if err := release.CheckNew(j.version, release.Versions(strings.Fields(string(tags)))); err != nil {
		return err
	}
	if _, err := j.notes(); err != nil {
		return err
	}
	if _, err := j.pinned("sha256:" + strings.Repeat("0", 64)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.out, "version=%s\ntag=%s\n", j.version, j.version.Tag())
	return err
}

// pin changes action.yml in the checkout.
func (j job) pin() error {
	text, err := j.pinned(j.digest)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(j.dir, "action.yml"), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write action.yml: %w", err)
	}
	return nil
}

// publish needs GITHUB_TOKEN, and asks where GITHUB_API_URL says.
func (j job) publish(ctx context.Context) error {
	a, err := j.publication()
	if err != nil {
		return err
	}
	client := github.NewClient(nil).WithAuthToken(os.Getenv("GITHUB_TOKEN"))
	api := strings.TrimSuffix(cmp.Or(os.Getenv("GITHUB_API_URL"), "https://api.github.com"), "/") + "/"
	if client.BaseURL, err = url.Parse(api); err != nil {
		return fmt.Errorf("read GITHUB_API_URL: %w", err)
	}
	publisher, err := release.NewPublisher(client, j.repository, func(line string) {
		_, _ = fmt.Fprintln(j.out, line) // what was done stays done when the log cannot be written
	})
	if err != nil {
		return err
	}
	return publisher.Publish(ctx, a)
}

func (j job) publication() (release.Publication, error) {
	if j.source == "" {
		return release.Publication{}, fmt.Errorf("-source has to name the commit that was built")
	}
	notes, err := j.notes()
	if err != nil {
		return release.Publication{}, err
	}
	action, err := j.pinned(j.digest)
	return release.Publication{
		Version: j.version, Source: j.source, Run: j.runURL, Action: action,
		Notes: notes + "\nImage: `" + release.Image + "@" + j.digest + "`\n",
	}, err
}

func (j job) notes() (string, error) {
	text, err := j.read("CHANGELOG.md")
	if err != nil {
		return "", err
	}
	return release.Notes(text, j.version)
}

// pinned returns action.yml as the release commit has it.
func (j job) pinned(digest string) (string, error) {
	text, err := j.read("action.yml")
	if err != nil {
		return "", err
	}
	return release.PinImage(text, digest, j.version)
}

func (j job) read(name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(j.dir, name)) //nolint:gosec // one of two files of the checkout
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return string(text), nil
}
