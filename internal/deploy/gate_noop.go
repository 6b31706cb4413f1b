package deploy

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// ownContexts is how the contexts of all commit statuses begin that this action writes.
const ownContexts = "lockstep/"

// NoopContext is the context of the commit status that says how a noop of an environment went.
func NoopContext(environment string) string { return ownContext("noop/", environment) }

// DeploymentContext is the context of the commit status that says how a deployment to an environment went.
func DeploymentContext(environment string) string { return ownContext("deploy/", environment) }

// maxContext is the longest context that GitHub takes, in characters.
const maxContext = 255

// ownContext returns a context, with a digest in place of the end of a name that is too long.
func ownContext(kind, environment string) string {
	context := ownContexts + kind + environment
	if utf8.RuneCountInString(context) <= maxContext {
		return context
	}
	sum := sha256.Sum256([]byte(environment))
	digest := "-" + hex.EncodeToString(sum[:8])
	return string([]rune(context)[:maxContext-len(digest)]) + digest
}

// isOwn reports whether a check is a commit status of this action. Those never count as checks: one that follows from a
// deployment cannot be a condition of it.
func (one Check) isOwn() bool {
	return one.Kind == CommitStatus && strings.HasPrefix(one.Name, ownContexts)
}

// withoutOwn leaves out the commit statuses of this action. GitHub's own combined state is left out as well where it has
// failed because of them alone.
func (c Checks) withoutOwn() Checks {
	own, others := partition(c.Nodes, Check.isOwn)
	failed := func(one Check) bool { return stateOf(one.Value) == ChecksFailed }
	if slices.ContainsFunc(own, failed) && !slices.ContainsFunc(others, failed) {
		c.State = ""
	}
	if len(own) > 0 {
		c.Nodes, c.Reported = others, c.Reported && len(others) > 0
	}
	c.Expected = slices.DeleteFunc(slices.Clone(c.Expected), func(e Expectation) bool { return strings.HasPrefix(e.Name, ownContexts) })
	return c
}

func partition[T any](list []T, is func(T) bool) (those, others []T) {
	for _, one := range list {
		if is(one) {
			those = append(those, one)
		} else {
			others = append(others, one)
		}
	}
	return those, others
}

// ownHint says why an entry of the input checks is never met, "" where none is one of this action.
func ownHint(entries []string) string {
	if !slices.ContainsFunc(entries, func(entry string) bool { return strings.HasPrefix(entry, ownContexts) }) {
		return ""
	}
	return " Commit statuses that begin with " + markdown.Code(ownContexts) + " are those of this action: they never count as checks."
}

// Rehearsal is the newest commit status that says how a noop of a commit went. Without a state there has been none.
type Rehearsal struct {
	StatusOf
	State   string // SUCCESS, FAILURE, …
	Creator string // spelled as Facts.Viewer is, "" when unknown
}

// noopGate wants a noop of the commit to have gone well.
func noopGate() Gate {
	return Gate{
		Name: "noop", Rule: policy.NoopRule, Ways: []Way{HeadWay, StableWay}, Check: checkNoop,
		Needs: func(k *Case, n *Needs) {
			if commit := k.rehearsed(); commit != "" {
				n.Rehearsal, n.Viewer = StatusOf{Commit: commit, Context: NoopContext(k.Target.Environment)}, true
			}
		},
		Parts: func(k *Case) []Part {
			if k.rehearsed() == "" {
				return nil
			}
			return []Part{RehearsalPart, ViewerPart}
		},
		Code: func(*Case, Part) Reason { return NoopRequired },
	}
}

// rehearsed returns the commit whose noop matters, "" where none does, and where the commit is not known.
func (k *Case) rehearsed() string {
	if !k.ruled() || !k.Config.Resolved.Rules.Noop.Value {
		return ""
	}
	if k.Target.SHA != "" {
		return k.Target.SHA
	}
	return k.Pinned
}

func checkNoop(k *Case) Finding {
	found, wanted := k.Rehearsal, StatusOf{Commit: k.rehearsed(), Context: NoopContext(k.Target.Environment)}
	environment, commit := markdown.Code(k.Target.Environment), markdown.Code(Short(k.Target.SHA))
	switch {
	case !k.ruled() || !k.Config.Resolved.Rules.Noop.Value:
		return pass("no noop is required")
	case k.Target.SHA == "":
		return pass("without a commit there is no noop to look for")
	case found.StatusOf != wanted:
		return block(NoopRequired, "I looked for the noop of another commit than "+commit+".", "Run the command again.")
	case found.State == "":
		return block(NoopRequired, environment+" asks for a noop of each commit, and there has been no noop of "+commit+".",
			k.noopHint()+" The end of the noop writes the commit status "+markdown.Code(wanted.Context)+", which takes `statuses: write`.")
	case found.Creator == "" || !strings.EqualFold(found.Creator, k.Viewer):
		return block(NoopRequired, environment+" asks for a noop of "+commit+", and the newest commit status "+markdown.Code(wanted.Context)+
			" is not by the user of this workflow's token ("+markdown.Code(k.Viewer)+"), but by "+creatorOf(found)+".", k.noopHint())
	case found.State != "SUCCESS":
		return block(NoopRequired, "The last noop of "+commit+" in "+environment+" did not go well: its commit status is "+
			markdown.Code(strings.ToLower(found.State))+".", k.noopHint())
	}
	return pass("the noop of this commit went well")
}

func creatorOf(found Rehearsal) string {
	if found.Creator == "" {
		return "an unknown user"
	}
	return markdown.Code(found.Creator)
}

// noopHint says what to type.
func (k *Case) noopHint() string {
	return "Type " + markdown.Code(k.typed(k.Config.Commands.Noop, k.Target.Environment)) + " first."
}
