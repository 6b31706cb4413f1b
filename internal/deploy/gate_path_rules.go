package deploy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Comparison is two commits of which the files that differ are wanted.
type Comparison struct {
	Base, Head string
	Runs       bool // the base runs in the environment: what only the base has is taken away
	Trees      bool // the files of each commit that only the head has are wanted, too
}

// Changes are the files that a deployment changes.
type Changes struct {
	Comparison
	Files  []string   // with the former names of those that were moved
	Gap    string     // why these are not all, "" where they are
	Ahead  Known[int] // how many commits only the head has
	Behind Known[int] // how many only the base has
	Forms  []string   // the trees of the oldest hundred commits that only the head has, where they are wanted
}

// pathRulesGate wants more of a deployment that changes certain files.
func pathRulesGate() Gate {
	return Gate{
		Name: "path rules", Rule: policy.PathRulesRule, Ways: changingWays(), Check: checkPathRules,
		Needs: needPathRules, Parts: pathRuleParts,
		Code: func(*Case, Part) Reason { return PathRuleUnmet },
	}
}

// pathRules are those that the request is held to.
func (k *Case) pathRules() []policy.PathRule {
	if !k.changes() {
		return nil
	}
	return k.Config.Resolved.Rules.PathRules
}

// asksPaths reports whether one of the path rules asks for something.
func (k *Case) asksPaths(is func(policy.PathRule) bool) bool {
	return slices.ContainsFunc(k.pathRules(), is)
}

func wantsReviews(rule policy.PathRule) bool { return rule.Reviews.Count > 0 }

func wantsMerge(rule policy.PathRule) bool { return rule.Merged }

func needPathRules(k *Case, n *Needs) {
	if len(k.pathRules()) == 0 {
		return
	}
	if k.Way == HeadWay {
		n.StableBranch = k.Config.StableBranch
	}
	if run := k.baseRun(); run > 0 && !slices.Contains(n.Runs, run) {
		n.Runs = append(n.Runs, run)
	}
	if wanted, _ := k.comparison(); wanted != (Comparison{}) && !k.promotes() {
		n.Changes = wanted
	}
	if k.byStep() && k.asksPaths(wantsMerge) {
		k.needMerged(n)
	}
	if k.asksPaths(wantsReviews) {
		k.needApprovals(n)
	}
	for _, rule := range k.pathRules() {
		if wantsReviews(rule) && k.touches(rule) {
			k.needReviewers(n, rule.Reviews)
		}
	}
}

func pathRuleParts(k *Case) []Part {
	if len(k.pathRules()) == 0 {
		return nil
	}
	parts := []Part{LivePart}
	if k.Way == HeadWay {
		parts = append(parts, StablePart)
	}
	if k.Command.SHA != "" && !k.byStep() {
		parts = append(parts, ExactPart)
	}
	if k.baseRun() > 0 {
		parts = append(parts, OriginsPart)
	}
	if wanted, _ := k.comparison(); wanted != (Comparison{}) {
		parts = append(parts, ChangesPart)
	}
	if k.byStep() && k.asksPaths(wantsMerge) {
		parts = append(parts, MergedPart)
	}
	if k.asksPaths(wantsReviews) {
		parts = append(parts, k.approvalParts()...)
	}
	return distinct(parts)
}

// baseRun is the run that has to vouch for what runs in the environment, 0 for none.
func (k *Case) baseRun() int64 {
	if at := k.runningAt(); at >= 0 && k.Config.OrderScope == config.VerifiedDeployments {
		return k.Live[at].CreatedBy.Run.ID
	}
	return 0
}

// tells reports whether a deployment may say what runs in the environment: it succeeded, and its tool counts for the order.
func (k *Case) tells(d Deployment) bool {
	return d.everRan() && (d.Own || !k.Config.OrderScope.OwnOnly())
}

// runningAt returns the position of the deployment that runs in the environment, -1 for none. Where only ours count, the
// deployment of another tool is no sign that ours was taken down: GitHub makes one for each job with an environment.
func (k *Case) runningAt() int {
	if k.promotes() {
		return k.placeOf(runs(k.Live, k.counts(k.Live)))
	}
	at := slices.IndexFunc(k.Live, k.tells)
	isReplaced := at >= 0 && k.Config.OrderScope.OwnOnly() && replaced(k.Live, at)
	if at >= 0 && k.Live[at].State == Inactive && !isReplaced {
		return -1
	}
	return at
}

// untold reports whether the deployment that says what runs in the environment may be among those that were not read, or
// could not be.
func (k *Case) untold() bool {
	at := slices.IndexFunc(k.Live, k.tells)
	if at < 0 && len(k.Live) > 0 && !k.Live[len(k.Live)-1].First {
		return true
	}
	return k.Config.OrderScope.OwnOnly() && unreadableBefore(k.Live, at)
}

// base returns the commit that runs in the environment, "" for none, or why it is not known.
func (k *Case) base() (sha, gap string) {
	environment, at := markdown.Code(k.Target.Environment), k.runningAt()
	switch {
	case k.untold():
		return "", "it is not known what runs in " + environment
	case at < 0:
		return "", ""
	case k.Live[at].SHA == "":
		return "", "it is not known which commit runs in " + environment
	case k.Config.OrderScope == config.VerifiedDeployments:
		if why := doubt(k.Live, at, k.Origins); why != "" {
			return "", "it is not proven what runs in " + environment + ", because " + why
		}
	}
	return k.Live[at].SHA, ""
}

// comparison returns what to compare, zero for nothing, or why the files that change cannot be known.
func (k *Case) comparison() (wanted Comparison, gap string) {
	base, gap := k.base()
	sha := k.Target.SHA
	switch {
	case !k.Read[LivePart] || sha == "":
		return Comparison{}, "it is not known what is deployed"
	case gap != "":
		return Comparison{}, gap
	case base == sha:
		return Comparison{}, ""
	case base != "":
		return Comparison{Base: base, Head: sha, Runs: true}, ""
	case k.Way == HeadWay && !k.Exact.InStable && k.Stable.Head.SHA != "":
		return Comparison{Base: k.Stable.Head.SHA, Head: sha}, ""
	}
	return Comparison{}, "nothing runs in " + markdown.Code(k.Target.Environment) + " to compare it with"
}

// answers reports whether a comparison is the one that is wanted. The head of the stable branch may move: the commits of
// the pull request stay the same.
func (c Comparison) answers(wanted Comparison) bool {
	return c.Head == wanted.Head && c.Runs == wanted.Runs && (!c.Runs || c.Base == wanted.Base)
}

// touched returns the files of a rule that change, or why the rule applies without them.
func (k *Case) touched(rule policy.PathRule) (files []string, gap string) {
	wanted, gap := k.comparison()
	if wanted == (Comparison{}) {
		return nil, gap
	}
	files = slices.DeleteFunc(slices.Clone(k.Changes.Files), func(file string) bool { return !rule.Matches(file) })
	return files, k.Changes.Gap
}

func (k *Case) touches(rule policy.PathRule) bool {
	if wanted, _ := k.comparison(); wanted != (Comparison{}) && !k.Changes.answers(wanted) {
		return false // not known yet
	}
	files, gap := k.touched(rule)
	return len(files) > 0 || gap != ""
}

func checkPathRules(k *Case) Finding {
	if len(k.pathRules()) == 0 {
		return pass("no path rule is about the environment")
	}
	if wanted, _ := k.comparison(); wanted != (Comparison{}) && !k.Changes.answers(wanted) {
		return block(PathRuleUnmet, "What is deployed to "+markdown.Code(k.Target.Environment)+", or what runs there, has changed while I looked at the files.",
			Capitalized(again(k))+".")
	}
	found := Finding{Level: Pass, Text: "no path rule applies"}
	var notes []string
	for _, rule := range k.pathRules() {
		if !k.touches(rule) {
			continue
		}
		if rule.Note != "" {
			notes = append(notes, "📝 "+markdown.Code(rule.Name)+": "+markdown.Prose(rule.Note))
		}
		found = found.and(k.checkPathRule(rule))
	}
	found.Notice = strings.Join(notes, "\n\n")
	return found
}

// and adds what another rule says.
func (f Finding) and(other Finding) Finding {
	switch {
	case f.Level != Block:
		return other
	case other.Level != Block:
		return f
	}
	f.Text += " " + other.Text
	if !strings.Contains(f.Hint, other.Hint) {
		f.Hint += " " + other.Hint
	}
	f.Details += strings.TrimPrefix("\n"+other.Details, "\n")
	return f
}

// checkPathRule looks at a rule that applies.
func (k *Case) checkPathRule(rule policy.PathRule) Finding {
	var texts, hints []string
	details := ""
	if rule.Merged && !k.isMerged() {
		texts = append(texts, "It goes out after the merge, and "+markdown.Code(Short(k.Target.SHA))+" is not a commit of "+markdown.Code(k.Config.StableBranch)+".")
		hints = append(hints, k.mergeHint())
	}
	if t := k.tally(rule.Reviews); wantsReviews(rule) && !t.met() {
		texts, hints = append(texts, t.sentence("It")), append(hints, t.advice())
		details = t.table()
	}
	if len(texts) == 0 {
		return pass("the path rules that apply are met")
	}
	text := "The path rule " + markdown.Code(rule.Name) + " applies: " + k.because(rule) + ". " + strings.Join(texts, " ")
	finding := block(PathRuleUnmet, text, strings.Join(hints, " "))
	finding.Details = details
	return finding
}

// isMerged reports whether the commit is known to be on the default branch.
func (k *Case) isMerged() bool {
	switch {
	case k.Target.SHA == "":
		return false
	case k.byStep():
		return k.Merged.SHA == k.Target.SHA && k.Merged.Contained
	case k.Command.SHA != "":
		return k.Exact.InStable
	}
	return k.Target.Stable
}

func (k *Case) mergeHint() string {
	if k.byStep() {
		return "Merge the change first, then deploy " + markdown.Code(k.Config.StableBranch) + "."
	}
	return "Merge the pull request, then type " + markdown.Code(k.Config.Commands.Deploy+" "+k.Config.StableBranch+" to "+k.Target.Environment) + "."
}

// mostPaths is how many files of a rule are shown.
const mostPaths = 10

// because says why a rule applies.
func (k *Case) because(rule policy.PathRule) string {
	files, gap := k.touched(rule)
	if len(files) == 0 {
		return gap
	}
	var shown []string
	for _, file := range files[:min(len(files), mostPaths)] {
		shown = append(shown, markdown.Brief(file))
	}
	text := "this changes " + markdown.Codes(shown, ", ")
	if more := len(files) - mostPaths; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if gap != "" {
		text += "; " + gap
	}
	return text
}
