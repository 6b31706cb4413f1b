package app

import (
	"context"
	"errors"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/template"
)

// template reads the template, nil when there is none or it is empty.
func (r *run) template(ctx context.Context) (*template.Template, error) {
	file := r.session.ledger.End.Template
	if file.Path == "" {
		return nil, nil
	}
	facts, err := r.session.github.Facts(ctx, deploy.Needs{Template: file})
	if err != nil {
		return nil, err
	}
	if problem, unread := facts.Unavailable[deploy.TemplatePart]; unread {
		return nil, &problemError{problem: problem, plain: "it could not be read"}
	}
	if facts.Template == nil {
		return nil, nil
	}
	parsed, err := template.Parse(*facts.Template)
	if err != nil {
		return nil, &problemError{problem: deploy.UnusableTemplate(file.Path, err), plain: err.Error()}
	}
	if parsed.Empty() {
		return nil, nil
	}
	return &parsed, nil
}

// problemError is a problem that was explained where it was found.
type problemError struct {
	problem deploy.Problem
	plain   string // the same in few words, and not in Markdown
	cause   error  // nil where the problem says all
}

// Error says it.
func (e *problemError) Error() string {
	if e.cause != nil {
		return e.cause.Error()
	}
	return e.problem.Text
}

// Unwrap gives the cause.
func (e *problemError) Unwrap() error { return e.cause }

// plainly says in few words, and not in Markdown, why there is no template.
func plainly(err error) string {
	if found, isProblem := errors.AsType[*problemError](err); isProblem && found.plain != "" {
		return found.plain
	}
	return "it could not be read"
}
