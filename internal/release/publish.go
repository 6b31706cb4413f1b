package release

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"
)

// Publication is one version of the action as GitHub is to show it.
type Publication struct {
	Version Version
	Source  string // the commit that was built and tested
	Action  string // action.yml of the release commit, which changes nothing else
	Run     string // the address of the workflow's run
	Notes   string
}

// Publisher writes tags and releases of one repository.
type Publisher struct {
	client      *github.Client
	owner, name string
	log         func(string)
}

// NewPublisher returns a publisher for a repository, owner/name.
func NewPublisher(client *github.Client, repository string, log func(string)) (*Publisher, error) {
	owner, name, found := strings.Cut(repository, "/")
	if !found || owner == "" || name == "" {
		return nil, fmt.Errorf("read repository %q: it has to look like owner/name", repository)
	}
	return &Publisher{client: client, owner: owner, name: name, log: log}, nil
}

// Publish makes the release commit, its tag and the release, and moves the tag of the major version.
// Each step looks first at what is there: it can be run again. A tag that is there for
// something else is never touched.
func (p *Publisher) Publish(ctx context.Context, a Publication) error {
	tree, err := p.tree(ctx, a)
	if err != nil {
		return err
	}
	commit, err := p.tag(ctx, a, tree)
	if err != nil {
		return err
	}
	if err := p.release(ctx, a); err != nil {
		return err
	}
	return p.moveMajor(ctx, a.Version, commit)
}

// tree returns the files of the release commit: the source with its own action.yml. Git names trees by
// what is in them: asking again gives the same one.
func (p *Publisher) tree(ctx context.Context, a Publication) (string, error) {
	source, _, err := p.client.Git.GetCommit(ctx, p.owner, p.name, a.Source)
	if err != nil {
		return "", fmt.Errorf("read source commit %q: %w", a.Source, err)
	}
	tree, _, err := p.client.Git.CreateTree(ctx, p.owner, p.name, source.GetTree().GetSHA(), []*github.TreeEntry{
		{Path: new("action.yml"), Mode: new("100644"), Type: new("blob"), Content: &a.Action},
	})
	if err != nil {
		return "", fmt.Errorf("write tree: %w", err)
	}
	return tree.GetSHA(), nil
}

// tag returns the release commit, which the version's tag names, and makes both if they are not there.
func (p *Publisher) tag(ctx context.Context, a Publication, tree string) (string, error) {
	there, err := p.ref(ctx, a.Version.Tag())
	if err != nil {
		return "", err
	}
	if there == nil {
		if err := p.createTag(ctx, a, tree); err != nil {
			return "", err
		}
		if there, err = p.ref(ctx, a.Version.Tag()); err != nil {
			return "", err
		}
	}
	return p.checkTag(ctx, a, tree, there)
}

func (p *Publisher) createTag(ctx context.Context, a Publication, tree string) error {
	message := fmt.Sprintf("Release %s\n\nThe image of this commit's parent, built by %s", a.Version.Tag(), a.Run)
	// Without an author, GitHub takes the token's owner and signs the commit.
	commit, _, err := p.client.Git.CreateCommit(ctx, p.owner, p.name, &github.Commit{
		Message: &message, Tree: &github.Tree{SHA: &tree}, Parents: []*github.Commit{{SHA: &a.Source}},
	}, nil)
	if err != nil {
		return fmt.Errorf("write release commit: %w", err)
	}
	p.log("release commit " + commit.GetSHA())
	return p.createRef(ctx, a.Version.Tag(), commit.GetSHA())
}

// checkTag reads what the tag names, and accepts nothing but the release commit of this publication.
func (p *Publisher) checkTag(ctx context.Context, a Publication, tree string, ref *github.Reference) (string, error) {
	tag := a.Version.Tag()
	if ref.GetObject().GetType() != "commit" {
		return "", fmt.Errorf("check tag %q: it was not made by this workflow; remove it if it is not in use yet", tag)
	}
	commit, _, err := p.client.Git.GetCommit(ctx, p.owner, p.name, ref.GetObject().GetSHA())
	if err != nil {
		return "", fmt.Errorf("check tag %q: %w", tag, err)
	}
	if len(commit.Parents) != 1 || commit.Parents[0].GetSHA() != a.Source {
		return "", fmt.Errorf("check tag %q: it belongs to a release of another commit than %s; a version is published once", tag, a.Source)
	}
	if commit.GetTree().GetSHA() != tree {
		return "", fmt.Errorf("check tag %q: it names another image; run the failed jobs of its own run again, or release the next version", tag)
	}
	p.log("tag " + tag + " on " + commit.GetSHA())
	return commit.GetSHA(), nil
}

// release publishes the version in one request: there is never half of it.
func (p *Publisher) release(ctx context.Context, a Publication) error {
	tag := a.Version.Tag()
	there, response, err := p.client.Repositories.GetReleaseByTag(ctx, p.owner, p.name, tag)
	if err == nil {
		p.log("release " + there.GetHTMLURL() + " is there")
		return nil
	}
	if !missing(response) {
		return fmt.Errorf("look for release %q: %w", tag, err)
	}
	pre := a.Version.IsPrerelease()
	made, _, err := p.client.Repositories.CreateRelease(ctx, p.owner, p.name, &github.RepositoryRelease{
		TagName: &tag, Name: &tag, Body: &a.Notes, MakeLatest: new(strconv.FormatBool(!pre)),
		Prerelease: &pre, GenerateReleaseNotes: new(true),
	})
	if err != nil {
		return fmt.Errorf("publish release %q: %w", tag, err)
	}
	p.log("release " + made.GetHTMLURL())
	return nil
}

// moveMajor is the last step: from then on, users of the major version get this one.
func (p *Publisher) moveMajor(ctx context.Context, v Version, commit string) error {
	major := v.MajorTag()
	refs, _, err := p.client.Git.ListMatchingRefs(ctx, p.owner, p.name, &github.ReferenceListOptions{Ref: "tags/" + major + "."})
	if err != nil {
		return fmt.Errorf("list tags of %q: %w", major, err)
	}
	var tags []string
	for _, ref := range refs {
		tags = append(tags, strings.TrimPrefix(ref.GetRef(), "refs/tags/"))
	}
	if !MovesMajor(v, Versions(tags)) {
		p.log("tag " + major + " stays where it is")
		return nil
	}
	return p.point(ctx, major, commit)
}

// point lets a tag name the commit, wherever it was before.
func (p *Publisher) point(ctx context.Context, tag, commit string) error {
	there, err := p.ref(ctx, tag)
	switch {
	case err != nil:
		return err
	case there == nil:
		err = p.createRef(ctx, tag, commit)
	case there.GetObject().GetSHA() != commit:
		there.Object.SHA = &commit
		_, _, err = p.client.Git.UpdateRef(ctx, p.owner, p.name, there, true)
	}
	if err != nil {
		return fmt.Errorf("move tag %q: %w", tag, err)
	}
	p.log("tag " + tag + " on " + commit)
	return nil
}

// ref returns what a tag names, or nil when there is no such tag.
func (p *Publisher) ref(ctx context.Context, tag string) (*github.Reference, error) {
	ref, response, err := p.client.Git.GetRef(ctx, p.owner, p.name, "refs/tags/"+tag)
	if missing(response) {
		return nil, nil //nolint:nilnil // no tag is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("read tag %q: %w", tag, err)
	}
	return ref, nil
}

func (p *Publisher) createRef(ctx context.Context, tag, commit string) error {
	_, _, err := p.client.Git.CreateRef(ctx, p.owner, p.name, &github.Reference{
		Ref: new("refs/tags/" + tag), Object: &github.GitObject{SHA: &commit},
	})
	if err != nil {
		return fmt.Errorf("make tag %q: %w", tag, err)
	}
	return nil
}

func missing(response *github.Response) bool {
	return response != nil && response.StatusCode == http.StatusNotFound
}
