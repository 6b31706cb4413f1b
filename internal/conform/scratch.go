package conform

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// leftover is one thing that was made, with the requests that remove it.
type leftover struct {
	name  string
	steps []step
}

type step struct {
	method, path string
	body         any
}

// note remembers something before it is made: whether it exists is not known when the answer is lost.
func (s *Session) note(one leftover) {
	s.made = append(s.made, one)
}

// marked is a name of this run.
func (s *Session) marked(name string) string { return s.mark + "-" + name }

func branchLeft(name string) leftover {
	return leftover{"branch " + name, []step{{http.MethodDelete, "/git/refs/heads/" + escaped(name), nil}}}
}

func pullLeft(number int64) leftover {
	path := fmt.Sprintf("/pulls/%d", number)
	return leftover{fmt.Sprintf("pull request #%d", number), []step{{http.MethodPatch, path, map[string]any{"state": "closed"}}}}
}

func commentLeft(id int64) leftover {
	return leftover{fmt.Sprintf("comment %d", id), []step{{http.MethodDelete, fmt.Sprintf("/issues/comments/%d", id), nil}}}
}

func deploymentLeft(id int64) leftover {
	path := fmt.Sprintf("/deployments/%d", id)
	return leftover{fmt.Sprintf("deployment %d", id), []step{
		{http.MethodPost, path + "/statuses", map[string]any{"state": "inactive"}}, // an active one cannot be deleted
		{http.MethodDelete, path, nil},
	}}
}

// leftovers finds what bears a mark: comments first, branches last. A token that may not look has made nothing there.
func (s *Session) leftovers(ctx context.Context, mark string) ([]leftover, error) {
	if s.closed != "" {
		return nil, nil
	}
	var found []leftover
	var problems error
	for _, find := range []func(context.Context, string) ([]leftover, error){s.markedPulls, s.markedDeployments, s.markedBranches} {
		some, err := find(ctx, mark)
		if said, _ := errors.AsType[*refusal](err); !said.isPermission() {
			problems = errors.Join(problems, err)
		}
		found = append(found, some...)
	}
	return found, problems
}

func (s *Session) markedPulls(ctx context.Context, mark string) ([]leftover, error) {
	pulls, err := s.call(ctx, http.MethodGet, "/pulls?state=open&per_page=100", nil)
	var found []leftover
	for _, one := range list(pulls) {
		ours := strings.EqualFold(text(at(one, "head", "repo", "full_name")), s.options.Repository)
		if !ours || !strings.HasPrefix(text(at(one, "head", "ref")), mark) {
			continue
		}
		path := fmt.Sprintf("/issues/%d/comments?per_page=100", number(at(one, "number")))
		comments, err := s.call(ctx, http.MethodGet, path, nil)
		if err != nil {
			return nil, err
		}
		for _, comment := range list(comments) {
			if strings.HasPrefix(text(at(comment, "body")), mark) {
				found = append(found, commentLeft(number(at(comment, "id"))))
			}
		}
		found = append(found, pullLeft(number(at(one, "number"))))
	}
	return found, err
}

func (s *Session) markedDeployments(ctx context.Context, mark string) ([]leftover, error) {
	var found []leftover
	for _, name := range []string{environment, production, shared} {
		deployments, err := s.call(ctx, http.MethodGet, "/deployments?per_page=100&environment="+name, nil)
		if err != nil {
			return nil, err
		}
		for _, one := range list(deployments) {
			if strings.HasPrefix(text(at(one, "task")), mark) {
				found = append(found, deploymentLeft(number(at(one, "id"))))
			}
		}
	}
	return found, nil
}

func (s *Session) markedBranches(ctx context.Context, mark string) ([]leftover, error) {
	refs, err := s.call(ctx, http.MethodGet, "/git/matching-refs/heads/"+mark, nil)
	var found []leftover
	for _, one := range list(refs) {
		if name, is := strings.CutPrefix(text(at(one, "ref")), "refs/heads/"); is && strings.HasPrefix(name, mark) {
			found = append(found, branchLeft(name))
		}
	}
	return found, err
}

// clean removes what this run made, as it remembers and as GitHub lists it. It returns what is left behind.
func (s *Session) clean(ctx context.Context, mark string) []string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTimeout)
	defer cancel()
	found, err := s.leftovers(ctx, mark)
	var left []string
	if err != nil {
		left = append(left, "what GitHub does not list at the moment: "+err.Error())
	}
	all := slices.Clone(s.made)
	slices.Reverse(all)
	for _, one := range found {
		if !slices.ContainsFunc(all, func(other leftover) bool { return other.name == one.name }) {
			all = append(all, one)
		}
	}
	for _, one := range all {
		if err := s.remove(ctx, one); err != nil {
			left = append(left, one.name+": "+err.Error())
		}
	}
	return left
}

// remove removes one thing, and tries once more when that fails. What does not exist is removed already.
func (s *Session) remove(ctx context.Context, one leftover) error {
	for _, next := range one.steps {
		_, err := s.call(ctx, next.method, next.path, next.body)
		if err != nil && !isGone(err) {
			_, err = s.call(ctx, next.method, next.path, next.body)
		}
		if err != nil && !isGone(err) {
			return err
		}
	}
	return nil
}

func isGone(err error) bool {
	said, _ := errors.AsType[*refusal](err)
	return said.is(http.StatusNotFound) || said.is(http.StatusUnprocessableEntity) && strings.Contains(said.message, "does not exist")
}
