// Package config turns the action's inputs into one validated Config.
//
// Every input is declared once, in one of the files inputs*.go, with its name, default, description and
// reader; action.yml and the tables of the documentation are generated from that list.
package config

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Config is everything that a workflow can set, read once and validated.
type Config struct {
	Mode   Mode
	Token  string // github_token: the token for GitHub's API, a secret
	Status Status // the result of the job, or the state that a tracked step reports

	Environment            string   // the environment of a command that names none
	Targets                []string // environments that a command may name, in order
	ProductionEnvironments []string
	EnvironmentURLs        map[string]string // an empty URL means that the environment has none
	URLInComment           bool

	PolicyFile PolicyFile
	Policy     *policy.Policy // the rules for environments, nil for none; Under fills it in

	Resolved Resolved // for one environment, as For fills it in

	Commands    Commands
	Permissions []string // permissions and roles that may run commands
	Reaction    string   // on a command that was seen, "" for none

	StableBranch string
	OrderSettings
	RequiredContexts []string
	CommitStatus     bool // how a deployment ended becomes a commit status

	Checks   Checks
	Reviews  Reviews
	Origin   Origin
	Outdated Outdated
	Admins   Admins

	Locks        Locks
	Confirmation Confirmation
	Messages     Messages
	Labels       Labels
	Merge        Merge

	SkipCompleting bool   // the workflow itself, or mode finish, ends what main begins
	Handoff        string // mode finish: the output of the starting step

	HealthChecks []policy.HealthCheck // health_check, of the step that ends a deployment

	Result ResultSettings // result_mode

	Board   BoardSettings  // mode status
	Reports ReportSettings // modes manifest and dora

	Track     Track
	Versioner Versioner
	Sinks     []Sink // other receivers of events; those with inputs of their own come first

	AllowInsecureHTTP bool // events and health checks may go to other machines unencrypted

	SecurityWarnings bool // use_security_warnings

	Changed []Changed // the inputs about commands and deployments that differ from their defaults, without secrets
	Advice  []string  // sentences about inputs that are accepted and may not do what they should

	unused     []string         // secrets that are given, and not taken
	mergeMode  Mode             // merge_deploy or unlock_on_merge, "" for neither
	single     map[string]*Sink // those with inputs of their own, by type, until all inputs are read
	rolledBack bool             // the status is spelled rolled_back
	unruled    *Config          // the settings without the rules of Resolved, nil for none
}

// Changed is an input that differs from its default.
type Changed struct{ Input, Value string }

// Commands are the words of commands.
type Commands struct {
	Deploy, Noop, Lock, Unlock, LockInfo, Help string
	Rollback, Status                           string
	Separator, GlobalFlag                      string
	DisableNaked                               bool
}

// Checks say which checks of a commit must have passed.
type Checks struct {
	Mode    CheckMode
	Names   []string // for ListedChecks
	Ignored []string // names that never count
	Skip    []string // environments for which no check counts
	Unseen  UnseenChecks
}

// CheckMode says which checks count.
type CheckMode string

// The modes of input checks. A list of names is ListedChecks.
const (
	AllChecks      CheckMode = "all"
	RequiredChecks CheckMode = "required"
	ListedChecks   CheckMode = "list"
)

// UnseenChecks says how a required check counts that has not reported yet.
type UnseenChecks string

// The choices of input unreported_checks.
const (
	UnseenPending UnseenChecks = "pending"
	UnseenIgnored UnseenChecks = "ignore"
)

// Reviews says where no review is needed.
type Reviews struct {
	Skip []string // environments for which no review counts; not for forks
}

// Origin says which code may be deployed.
type Origin struct {
	Forks           bool     // allow_forks
	OtherBases      bool     // allow_non_default_target_branch_deployments
	Stacks          bool     // enable_pr_stacks
	ExactCommits    bool     // allow_sha_deployments
	AnyExactCommit  bool     // allow_uncontained_sha_deployments
	Drafts          []string // environments to which drafts may go
	Verification    bool     // commit_verification
	VerifyRollbacks bool     // verify_rollbacks
	CommentActions  []string // actions of issue_comment that may carry commands
	AutoMerge       bool     // deployment_auto_merge: GitHub may merge the default branch into the head
}

// Outdated says how branches that lack commits of their base are treated.
type Outdated struct {
	Update UpdateBranch
	Mode   OutdatedMode
}

// UpdateBranch says what happens to an outdated branch.
type UpdateBranch string

// The choices of update_branch.
const (
	UpdateDisabled UpdateBranch = "disabled" // nothing: outdated branches are deployed
	UpdateWarn     UpdateBranch = "warn"     // refuse
	UpdateForce    UpdateBranch = "force"    // update the branch, and refuse this time
)

// OutdatedMode says which branch counts.
type OutdatedMode string

// The choices of outdated_mode.
const (
	OutdatedBase   OutdatedMode = "pr_base"
	OutdatedStable OutdatedMode = "default_branch"
	OutdatedStrict OutdatedMode = "strict" // both
)

// Admins are the people who need no review.
type Admins struct {
	Logins []string // in lower case
	Teams  []string // "organization/team"
	Token  string   // a secret that may read the members of the teams, "" for none
}

// Locks says how environments are locked while something is deployed to them.
type Locks struct {
	Disabled   bool          // disable_lock
	Sticky     bool          // deployments keep their lock
	StickyNoop bool          // rehearsals keep their lock
	Expiry     time.Duration // how long a sticky lock lasts, 0 for no end
	Owner      LockOwner
}

// LockOwner says who owns a lock.
type LockOwner string

// The choices of lock_owner.
const (
	OwnedByUser LockOwner = "user"         // the user who took it, on every pull request
	OwnedByPull LockOwner = "pull_request" // the pull request where it was taken, for every user
)

// Confirmation says whether a deployment waits for a reaction of the actor.
type Confirmation struct {
	Required bool
	Timeout  time.Duration
}

// Messages says how results are posted.
type Messages struct {
	TemplatePath string // of the comment on a result, "" for none
	Style        CommentStyle
	Changelog    bool // changelog: list the pull requests that a deployment brings
}

// CommentStyle says where the result of a deployment is posted.
type CommentStyle string

// The choices of comments.
const (
	NewComment    CommentStyle = "new"    // in a comment of its own
	UpdateComment CommentStyle = "update" // in the start comment
)

// Labels are the labels that a pull request gets after a deployment or a rehearsal.
type Labels struct {
	Deployed, DeployFailed []string
	Noop, NoopFailed       []string
	RolledBack             []string // after a rollback that succeeded, as well, until something else is deployed
	SkipDeployedIfApproved bool     // approved pull requests do not get Deployed
	SkipNoopIfApproved     bool     // approved pull requests do not get Noop
}

// For returns the labels of one environment: its name, as the settings spell it, takes the place of {environment}.
func (l Labels) For(environment string) Labels {
	for _, one := range l.lists() {
		var named []string
		for _, name := range *one.names {
			named = append(named, strings.ReplaceAll(name, "{environment}", environment))
		}
		*one.names = named
	}
	return l
}

// Elsewhere returns the labels that only name other environments: that of one may read like that of another.
func (c Config) Elsewhere(environment string) []string {
	named := c.Labels
	for _, one := range named.lists() {
		*one.names = slices.DeleteFunc(slices.Clone(*one.names), func(name string) bool { return !strings.Contains(name, "{environment}") })
	}
	var all []string
	for _, other := range c.Environments() {
		if !envname.Same(other, environment) {
			all = append(all, named.For(other).All()...)
		}
	}
	return all
}

// labelList is the labels of one input.
type labelList struct {
	input string
	names *[]string
}

func (l *Labels) lists() []labelList {
	return []labelList{
		{"successful_deploy_labels", &l.Deployed},
		{"failed_deploy_labels", &l.DeployFailed},
		{"successful_noop_labels", &l.Noop},
		{"failed_noop_labels", &l.NoopFailed},
		{"rollback_labels", &l.RolledBack},
	}
}

// All returns the labels of every input.
func (l Labels) All() []string {
	return slices.Concat(l.Deployed, l.DeployFailed, l.Noop, l.NoopFailed, l.RolledBack)
}

// longestLabel is how many characters GitHub takes.
const longestLabel = 50

func (c Config) labelConflicts() Errors {
	tooLong := map[string]string{}
	for _, environment := range c.Environments() {
		labels := c.Labels.For(environment)
		for _, one := range labels.lists() {
			for _, name := range *one.names {
				if utf8.RuneCountInString(name) > longestLabel {
					tooLong[one.input] = name
				}
			}
		}
	}
	var errs Errors
	for _, input := range slices.Sorted(maps.Keys(tooLong)) {
		errs = append(errs, &InputError{Input: input, Value: tooLong[input], Accepted: "must be labels of at most 50 characters, which is what GitHub takes"})
	}
	return errs
}

// Merge says which locks the end of a pull request removes.
type Merge struct {
	OnClose bool // also when it was closed without being merged
	Global  bool // also the global lock, if it was made there
}

// Track is what a workflow says about a tracked step.
type Track struct {
	Product      string // what was deployed, "" for the repository's name
	Version      string
	EventType    string          // build or deployment, "" for deployment
	DeploymentID int64           // the GitHub deployment that a terminal status completes, 0 to look for it
	Metadata     json.RawMessage // a JSON object, as it was written
	Artifacts    []Artifact
	IncludeEmail bool   // every receiver gets e-mail addresses
	FinishOnPost bool   // the end of the job records how a start ended
	JobStatus    Status // the result of the job, "" when unknown
}

// Versioner is the tracking endpoint that speaks Versioner's API.
type Versioner struct {
	APIKey      string // a secret; without it nothing is sent
	APIURL      string
	UIURL       string // where its pages are, "" for those of its own service
	FailOnError FailOnError
	Gate        bool // Versioner may refuse a start
}

// Mode says what the action does.
type Mode string

// The choices of mode, and of the two inputs merge_deploy_mode and unlock_on_merge_mode.
const (
	Auto    Mode = "auto"    // comment or track, by the inputs and the event
	Comment Mode = "comment" // a command in a comment on a pull request
	TrackIt Mode = "track"   // one state of a deployment, on any event
	Finish  Mode = "finish"  // the end of a deployment that another job began
	Doctor  Mode = "doctor"  // check the setup

	ShowStatus Mode = "status"   // show what runs where
	Manifest   Mode = "manifest" // list what was released to an environment
	DORA       Mode = "dora"     // report the DORA metrics
	Promote    Mode = "promote"  // deploy what runs in the environments before, without a command

	MergeDeploy   Mode = "merge_deploy"    // report whether a merge still has to be deployed
	UnlockOnMerge Mode = "unlock_on_merge" // remove the locks of a pull request that has ended
)

// FailOnError says when an unreachable or failing tracking endpoint fails the step.
type FailOnError string

// The choices of fail_on_api_error.
const (
	FailNever  FailOnError = "false"
	FailStart  FailOnError = "true" // a start fails; a finished deployment stays finished
	FailAlways FailOnError = "always"
)

// Secrets returns the values that no log may show.
func (c Config) Secrets() []string {
	candidates := []string{c.Token, c.Admins.Token, c.Versioner.APIKey}
	for _, sink := range c.Sinks {
		candidates = append(candidates, sink.secrets...)
	}
	candidates = append(candidates, c.unused...)
	var secrets []string
	for _, secret := range candidates {
		if secret != "" && !slices.Contains(secrets, secret) {
			secrets = append(secrets, secret)
		}
	}
	return secrets
}

// effectiveMode puts merge_deploy and unlock_on_merge first, and then the end of a deployment.
func (c Config) effectiveMode() Mode {
	if c.mergeMode == "" && c.Result.Mode {
		return Finish
	}
	return cmp.Or(c.mergeMode, c.Mode)
}

// Notifies reports whether there are receivers of events.
func (c Config) Notifies() bool { return len(c.Sinks) > 0 }

// Builds reports whether a tracked step is about a build rather than a deployment.
func (c Config) Builds() bool { return c.Mode == TrackIt && c.Track.EventType == "build" }

// Tracks reports whether deployment events are sent anywhere.
func (c Config) Tracks() bool { return c.Versioner.APIKey != "" }

// List returns the entries of a value with commas, without the space around them and without empty ones.
func List(value string) []string {
	var entries []string
	for entry := range strings.SplitSeq(value, ",") {
		if entry = trim(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}

// Resolved is what the inputs that list environments mean for one environment.
type Resolved struct {
	Environment string   // as environment_targets spells it, or as it was asked for when it is no target
	URL         string   // from environment_urls, "" for none
	Production  bool     // deployments are marked as production
	Earlier     []string // environments that come before it in the enforced order

	SkipsChecks  bool // skip_ci
	SkipsReviews bool // skip_reviews, which never counts for forks
	AllowsDrafts bool // draft_permitted_targets

	HealthChecks []policy.HealthCheck // health_check

	Rules *policy.Rules // of the policy, nil where it does not name the environment, and without one
}

// For returns the settings with Resolved filled in. All rules for single environments belong here.
func (c Config) For(environment string) Config {
	if c.unruled != nil {
		c = *c.unruled
	}
	c.Resolved = Resolved{
		Environment:  c.spelling(environment),
		URL:          c.environmentURL(environment),
		Production:   envname.Contains(c.ProductionEnvironments, environment),
		SkipsChecks:  envname.Contains(c.Checks.Skip, environment),
		SkipsReviews: envname.Contains(c.Reviews.Skip, environment),
		AllowsDrafts: envname.Contains(c.Origin.Drafts, environment),
		HealthChecks: c.HealthChecks,
	}
	if position := envname.Index(c.Order, environment); position > 0 {
		c.Resolved.Earlier = c.Order[:position:position]
	}
	if c.Policy == nil {
		return c
	}
	rules, ruled := c.Policy.For(environment, c.Resolved.Production)
	if !ruled {
		return c
	}
	return c.under(rules)
}

// Environments returns every environment that a command may name: the targets, and the default environment, which
// need not be one of them.
func (c Config) Environments() []string {
	all := slices.Clone(c.Targets)
	if c.Environment != "" {
		all = append(all, c.Environment)
	}
	return envname.Distinct(all)
}

// Defaulted returns the settings with an environment for commands that name none: production, unless commands must
// name one and cannot name that.
func (c Config) Defaulted() Config {
	const usual = "production"
	if c.Environment == "" && (!c.Commands.DisableNaked || envname.Contains(c.Targets, usual)) {
		c.Environment = usual
	}
	return c
}

func (c Config) spelling(environment string) string {
	all := c.Environments()
	if position := envname.Index(all, environment); position >= 0 {
		return all[position]
	}
	return environment
}

// environmentURL accepts any spelling: environment_urls has one at most.
func (c Config) environmentURL(environment string) string {
	for name, address := range c.EnvironmentURLs {
		if envname.Same(name, environment) {
			return address
		}
	}
	return ""
}
