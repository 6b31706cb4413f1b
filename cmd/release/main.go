// Command release does the parts of a release that can be wrong, one by one, for
// .github/workflows/release.yml and the scripts beside it.
//
//	git tag | release plan -version 1.2.0       is there anything against this release?
//	release base                                the image in which the Dockerfile compiles
//	release pin-base -digest sha256:...         writes its digest into the Dockerfile
//	release pin-image -version 1.2.0 -digest …  writes the released image into action.yml
//	release inventory -version 1.2.0 -digest …  what is in the image, as CycloneDX
//	release publish -version 1.2.0 …            commit, tag, release, tag of the major version
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
	in  io.Reader
	out io.Writer

	dir, version, digest, baseDigest string
	repository, source, runURL       string
	files                            string
	seconds                          int64
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	j := job{in: in, out: out}
	if len(args) == 0 {
		return fmt.Errorf("say what to do: plan, base, pin-base, pin-image, inventory or publish")
	}
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.StringVar(&j.dir, "dir", ".", "the checkout")
	flags.StringVar(&j.version, "version", "", "the version, such as 1.2.0 or 1.2.0-rc.1")
	flags.StringVar(&j.digest, "digest", "", "the digest of the image")
	flags.StringVar(&j.baseDigest, "base-digest", "", "the digest of the image in which the program was compiled")
	flags.StringVar(&j.repository, "repository", "lockstep-action/lockstep", "where to publish")
	flags.StringVar(&j.source, "source", "", "the commit that was built")
	flags.StringVar(&j.runURL, "run", "", "the address of the workflow's run")
	flags.StringVar(&j.files, "files", "dist", "the files of the image, in a folder for each platform")
	flags.Int64Var(&j.seconds, "time", 0, "the time of the image, in seconds since 1970")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	return j.do(ctx, args[0])
}

func (j job) do(ctx context.Context, what string) error {
	switch what {
	case "plan":
		return j.plan()
	case "base":
		return j.base()
	case "pin-base":
		return j.rewrite("Dockerfile", j.pinBase(j.digest))
	case "pin-image":
		return j.rewrite("action.yml", j.pinImage)
	case "inventory":
		return j.inventory()
	case "publish":
		return j.publish(ctx)
	}
	return fmt.Errorf("%q is no part of a release", what)
}

// plan looks for what would stop the release later, and prints what the workflow needs.
func (j job) plan() error {
	v, err := release.ParseVersion(j.version)
	if err != nil {
		return err
	}
	tags, err := io.ReadAll(j.in)
	if err != nil {
		return fmt.Errorf("read tags: %w", err)
	}
	if err := release.CheckNew(v, release.Versions(strings.Fields(string(tags)))); err != nil {
		return err
	}
	if _, err := j.notes(v); err != nil {
		return err
	}
	anything := "sha256:" + strings.Repeat("0", 64)
	for name, pin := range map[string]func([]byte) ([]byte, error){
		"Dockerfile": j.pinBase(anything), "action.yml": job{version: j.version, digest: anything}.pinImage,
	} {
		if _, err := j.edited(name, pin); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(j.out, "version=%s\ntag=%s\n", v, v.Tag())
	return err
}

func (j job) base() error {
	text, err := j.read("Dockerfile")
	if err != nil {
		return err
	}
	base, err := release.Base(text)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(j.out, base)
	return err
}

func (j job) pinBase(digest string) func([]byte) ([]byte, error) {
	return func(text []byte) ([]byte, error) { return release.PinBase(text, digest) }
}

func (j job) pinImage(text []byte) ([]byte, error) {
	v, err := release.ParseVersion(j.version)
	if err != nil {
		return nil, err
	}
	return release.PinImage(text, j.digest, v)
}

func (j job) inventory() error {
	v, err := release.ParseVersion(j.version)
	if err != nil {
		return err
	}
	list, err := release.Inventory(release.Contents{
		Version: v, Digest: j.digest, Time: time.Unix(j.seconds, 0), Files: os.DirFS(j.files),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(j.out, string(list))
	return err
}

// publish needs GITHUB_TOKEN, and asks where GITHUB_API_URL says.
func (j job) publish(ctx context.Context) error {
	a, err := j.publication()
	if err != nil {
		return err
	}
	client := github.NewClient(nil).WithAuthToken(os.Getenv("GITHUB_TOKEN"))
	if client.BaseURL, err = apiURL(); err != nil {
		return fmt.Errorf("read GITHUB_API_URL: %w", err)
	}
	publisher, err := release.NewPublisher(client, j.repository, j.say)
	if err != nil {
		return err
	}
	return publisher.Publish(ctx, a)
}

func (j job) say(line string) {
	_, _ = fmt.Fprintln(j.out, line) // what was done stays done when nobody reads of it
}

func apiURL() (*url.URL, error) {
	return url.Parse(strings.TrimSuffix(cmp.Or(os.Getenv("GITHUB_API_URL"), "https://api.github.com"), "/") + "/")
}

func (j job) publication() (release.Publication, error) {
	var a release.Publication
	v, err := release.ParseVersion(j.version)
	if err != nil {
		return a, err
	}
	notes, err := j.notes(v)
	if err != nil {
		return a, err
	}
	action, err := j.edited("action.yml", j.pinImage)
	if err != nil {
		return a, err
	}
	dockerfile, err := j.edited("Dockerfile", j.pinBase(j.baseDigest))
	if err != nil {
		return a, err
	}
	if j.source == "" {
		return a, fmt.Errorf("-source has to name the commit that was built")
	}
	return release.Publication{
		Version: v, Source: j.source, Run: j.runURL,
		Notes: notes + "\nImage: `" + release.Image + "@" + j.digest + "`\n",
		Files: map[string]string{"action.yml": string(action), "Dockerfile": string(dockerfile)},
	}, nil
}

func (j job) notes(v release.Version) (string, error) {
	text, err := j.read("CHANGELOG.md")
	if err != nil {
		return "", err
	}
	return release.Notes(string(text), v)
}

// rewrite changes a file of the checkout.
func (j job) rewrite(name string, edit func([]byte) ([]byte, error)) error {
	text, err := j.edited(name, edit)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(j.dir, name), text, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func (j job) edited(name string, edit func([]byte) ([]byte, error)) ([]byte, error) {
	text, err := j.read(name)
	if err != nil {
		return nil, err
	}
	return edit(text)
}

func (j job) read(name string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(j.dir, name)) //nolint:gosec // one of three files of the checkout
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}
