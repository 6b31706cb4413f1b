package deploy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Reviews are what people with write access think of a pull request.
type Reviews struct {
	Author   string    // of the pull request, "" for an account that is gone
	Opinions []Opinion // the newest one of each reviewer, oldest first
	Cut      bool      // there are more reviewers
}

// Opinion is the newest opinion of one reviewer.
type Opinion struct {
	Author string // login, "" for an account that is gone
	IsUser bool   // and not an app
	State  string // APPROVED, CHANGES_REQUESTED or DISMISSED
	Commit string // that was reviewed, "" for one that GitHub no longer shows
}

// MergedCommit says which pull requests have a commit.
type MergedCommit struct {
	SHA       string
	Parents   []string
	Contained bool   // the stable branch contains it
	Default   string // the name of the default branch
	InDefault bool   // that one contains it
	Commit    Commit
	Pulls     []CommitPull
	Cut       bool // there are more pull requests
}

// CommitPull is a pull request that has a commit.
type CommitPull struct {
	Reviews
	Number      int
	Base        string // the branch that it leads into
	Head        string // its last commit
	Merged      bool
	MergeCommit string // what the merge made of it
}

// reviewed is the commit that approvals have to be of, with the opinions on it.
type reviewed struct {
	commit   string
	pull     int
	authors  []string
	opinions []Opinion
	cut      bool
	text     string // why there is no such commit, "" where there is one
	hint     string
}

// approvedByMerge reports whether the approvals of the pull request that brought the commit to the default branch count.
func (k *Case) approvedByMerge() bool {
	return k.byStep() || k.Target.Stable || k.Command.SHA != "" && k.Exact.InStable
}

func (k *Case) needApprovals(n *Needs) {
	switch {
	case k.approvedByMerge():
		k.needMerged(n)
	case k.Command.SHA != "" && k.Pinned != "": // looking again: only what is read then says where the commit is
		k.needMerged(n)
		n.Opinions = k.Event.Pull
	case k.DeploysHead():
		needState(k, n)
	default:
		n.Opinions = k.Event.Pull
	}
}

func (k *Case) needMerged(n *Needs) {
	if sha := cmp.Or(k.Target.SHA, k.Pinned); sha != "" {
		n.Merged = MergedNeed{SHA: sha, Branch: k.Config.StableBranch}
	}
}

func (k *Case) approvalParts() []Part {
	switch {
	case k.byStep():
		return []Part{MergedPart}
	case k.Target.Stable:
		return []Part{StablePart, MergedPart}
	case k.Command.SHA != "" && k.Exact.InStable:
		return []Part{ExactPart, MergedPart}
	case k.Command.SHA != "":
		return []Part{ExactPart, OpinionsPart}
	}
	return []Part{PullPart, GatesPart, OpinionsPart}
}

func (k *Case) reviewed() reviewed {
	if k.approvedByMerge() {
		return k.reviewedMerge()
	}
	of := k.Pull.Reviews
	return reviewed{
		commit: k.Target.SHA, pull: k.Event.Pull, authors: []string{of.Author}, opinions: of.Opinions, cut: of.Cut,
	}
}

// reviewedMerge finds the pull request whose result the commit is. That of a commit inside of it does not do: what was
// approved may take that commit back.
func (k *Case) reviewedMerge() reviewed {
	commit := markdown.Code(Short(k.Target.SHA))
	switch {
	case k.Target.SHA == "" || k.Merged.SHA != k.Target.SHA:
		return reviewed{text: "I could not read which pull request brought " + commit + ".", hint: Capitalized(again(k)) + "."}
	case k.Merged.Cut:
		return reviewed{text: "More than 5 pull requests have " + commit + ": I cannot tell whose approvals count.", hint: "Merge the change by a pull request of its own."}
	}
	merged := slices.DeleteFunc(slices.Clone(k.Merged.Pulls), func(p CommitPull) bool { return !p.Merged || !k.leadsHome(p) })
	found := slices.DeleteFunc(slices.Clone(merged), func(p CommitPull) bool { return p.Head != k.Merged.SHA })
	if len(found) == 0 {
		found = slices.DeleteFunc(slices.Clone(merged), func(p CommitPull) bool { return !k.Merged.isResultOf(p) })
	}
	switch {
	case len(found) == 0 && len(merged) > 0:
		return reviewed{
			text: fmt.Sprintf("%s is a commit inside of pull request #%d, and not what was merged: no approval is of it.", commit, merged[0].Number),
			hint: "Deploy what the merge made of it.",
		}
	case len(found) == 0:
		return reviewed{
			text: "No merged pull request brought " + commit + " to " + markdown.Code(k.Config.StableBranch) + ": it has no approvals.",
			hint: "Bring the change there by a pull request that is approved.",
		}
	case slices.ContainsFunc(found, func(p CommitPull) bool { return p.Head != found[0].Head }):
		return reviewed{text: "Several pull requests brought " + commit + ": I cannot tell whose approvals count.", hint: "Merge the change by a pull request of its own."}
	}
	return k.together(found)
}

// together is what was said on pull requests with one head. No author of a pull request with the commit is a reviewer.
func (k *Case) together(pulls []CommitPull) reviewed {
	all := reviewed{commit: pulls[0].Head, pull: pulls[0].Number}
	for _, one := range k.Merged.Pulls {
		all.authors = append(all.authors, one.Author)
	}
	for _, one := range pulls {
		all.opinions, all.cut = append(all.opinions, one.Opinions...), all.cut || one.Cut
	}
	return all
}

// leadsHome reports whether a pull request leads into the stable branch, or into the default branch.
func (k *Case) leadsHome(p CommitPull) bool {
	return p.Base != "" && (p.Base == k.Config.StableBranch || p.Base == k.Merged.Default)
}

// isResultOf reports whether merging the pull request made the commit. A merge can end several pull requests: the one
// whose head it merges counts.
func (m MergedCommit) isResultOf(p CommitPull) bool {
	if p.Head == "" || p.MergeCommit != m.SHA {
		return false
	}
	return len(m.Parents) == 1 || len(m.Parents) > 1 && slices.Contains(m.Parents[1:], p.Head)
}

// tally is how far the approvals are there that a rule asks for.
type tally struct {
	reviewed
	wants policy.Reviews
	rows  []approvalRow
	have  int
}

// approvalRow is one opinion, and why it does not count.
type approvalRow struct {
	opinion Opinion
	doubt   string // in Markdown, "" for an approval that counts
}

func (k *Case) tally(wants policy.Reviews) tally {
	t := tally{reviewed: k.reviewed(), wants: wants}
	var counted []string
	for _, one := range t.opinions {
		doubt := t.doubts(one)
		if doubt == "" {
			doubt = k.outsider(one.Author, wants.From)
		}
		login := strings.ToLower(one.Author)
		if doubt == "" && !slices.Contains(counted, login) {
			counted = append(counted, login)
		}
		t.rows = append(t.rows, approvalRow{one, doubt})
	}
	t.have = len(counted)
	return t
}

func (t tally) met() bool { return t.text == "" && t.wants.Count > 0 && t.have >= t.wants.Count }

// doubts says why an opinion is no approval of the commit by someone who may give one, "" for one that is.
func (r reviewed) doubts(o Opinion) string {
	isAuthor := func(login string) bool { return strings.EqualFold(login, o.Author) }
	switch {
	case o.Author == "":
		return "the account is gone"
	case !o.IsUser:
		return "an app is no reviewer"
	case slices.ContainsFunc(r.authors, isAuthor):
		return "the author is no reviewer"
	case o.State == ChangesRequested:
		return "asked for changes"
	case o.State == "DISMISSED":
		return "dismissed"
	case o.State != Approved:
		return "no approval"
	case o.Commit == "":
		return "of a commit that is gone"
	case r.commit == "" || o.Commit != r.commit:
		return "of another commit: " + markdown.Cell(Short(o.Commit))
	}
	return ""
}

// outsider says why someone is not among the people of a list, "" for those who are. An empty list is for everyone.
func (k *Case) outsider(login string, from []policy.Principal) string {
	if len(from) == 0 || k.among(from, Actor{Login: login}) {
		return ""
	}
	why := strings.NewReplacer("|", `\|`, "\n", " ").Replace(k.notMembers(from, login).Text)
	return strings.TrimSpace("is not among those who count here. " + why)
}

// sentence says what is missing, for the environment or rule of that name.
func (t tally) sentence(name string) string {
	if t.text != "" {
		return t.text + " " + name + " asks for " + t.asked() + "."
	}
	of := markdown.Code(Short(t.commit))
	return fmt.Sprintf("%s asks for %s of %s on pull request #%d, and there %s %d.", name, t.asked(), of, t.pull, isAre(t.have), t.have)
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// asked is how many approvals by whom.
func (t tally) asked() string {
	text := Plural(t.wants.Count, "approval")
	if len(t.wants.From) > 0 {
		text += " by " + principalNames(t.wants.From)
	}
	return text
}

func (t tally) advice() string {
	if t.text != "" {
		return t.hint
	}
	who := "people with write access"
	if len(t.wants.From) > 0 {
		who = principalNames(t.wants.From)
	}
	text := fmt.Sprintf("Ask %s for %s of exactly this commit; that of the author does not count. Then run the command again.",
		who, Plural(t.wants.Count-t.have, "more approval"))
	if t.cut {
		text += " Only the newest 100 reviewers were read."
	}
	return text
}

// mostApprovalRows limits the table.
const mostApprovalRows = 20

// table shows who said what, "" where no one said anything.
func (t tally) table() string {
	if len(t.rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| | Reviewer | Review |\n| --- | --- | --- |\n")
	for _, row := range t.rows[max(0, len(t.rows)-mostApprovalRows):] {
		light, said := "🟢", "approved "+markdown.Cell(Short(row.opinion.Commit))
		if row.doubt != "" {
			light, said = "🔴", row.doubt
		}
		name := "*gone*"
		if row.opinion.Author != "" {
			name = markdown.Cell(row.opinion.Author)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", light, name, said)
	}
	return b.String()
}
