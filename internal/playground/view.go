// Package playground lets a page in a browser play a story: line by line, against the simulated GitHub. It shows
// what came of it as JSON.
package playground

// Answer is what each call of the engine returns.
type Answer struct {
	View    *View    `json:"view"`    // null while no story could be begun
	Problem *Problem `json:"problem"` // what could not be played, null for nothing
	Took    float64  `json:"took"`    // milliseconds
}

// Problem says why a line of a story cannot be played. The lines before it have been played.
type Problem struct {
	Line int    `json:"line"` // of the story, from 1; 0 if it is about the line that was just sent, or about none
	Text string `json:"text"`
}

// View is everything that the page shows.
type View struct {
	Title        string            `json:"title"` // of the story
	Began        string            `json:"began"` // when the story began, RFC 3339
	Now          string            `json:"now"`   // the clock, RFC 3339
	Running      bool              `json:"running"`
	JobOpen      bool              `json:"job_open"` // the workflow runs its own steps: how does the job end?
	Pull         *Pull             `json:"pull"`     // null before there is one
	Timeline     []Entry           `json:"timeline"`
	Environments []Environment     `json:"environments"` // in the order in which a commit goes through them
	Deployments  []Deployment      `json:"deployments"`  // newest first
	Events       []Event           `json:"events"`       // in the order in which they were sent
	Users        []User            `json:"users"`
	Inputs       map[string]string `json:"inputs"` // that the workflow gives, without defaults
	Rules        Rules             `json:"rules"`
	Broken       []string          `json:"broken"` // calls that break GitHub's published contracts: always empty
}

// Pull is the pull request that the page shows.
type Pull struct {
	Number  int      `json:"number"`
	Title   string   `json:"title"`
	Author  string   `json:"author"`
	Head    string   `json:"head"` // branch
	Base    string   `json:"base"`
	SHA     string   `json:"sha"`
	State   string   `json:"state"` // open, closed or merged
	Labels  []string `json:"labels"`
	Checks  []Check  `json:"checks"`  // of the newest commit
	Reviews []Review `json:"reviews"` // newest of each user
}

// Check is a check of a commit.
type Check struct {
	Name  string `json:"name"`
	State string `json:"state"` // success, failure or pending
}

// Review is a user's newest review.
type Review struct {
	User  string `json:"user"`
	State string `json:"state"` // as GitHub names it, such as APPROVED
	Stale bool   `json:"stale"` // it is about an older commit
}

// Entry is one thing in the conversation, in the order in which it happened: exactly one of its fields is set.
type Entry struct {
	Comment *Comment `json:"comment"`
	Step    *Step    `json:"step"`
}

// Comment is a comment on the pull request.
type Comment struct {
	ID        int64      `json:"id"`
	Author    string     `json:"author"`
	Bot       bool       `json:"bot"`
	HTML      string     `json:"html"` // safe to show: no scripts, no images, no attributes but href and rel, align, class and start
	Reactions []Reaction `json:"reactions"`
	Question  bool       `json:"question"` // the action waits for a reaction to it now
	At        string     `json:"at"`
}

// Reaction is a kind of reaction to a comment.
type Reaction struct {
	Content string   `json:"content"` // such as +1 or eyes
	Users   []string `json:"users"`
}

// Step is a part of a step of the workflow that has ended.
type Step struct {
	Post     bool              `json:"post"`
	Exit     int               `json:"exit"`
	Decision string            `json:"decision"` // the output decision, "" for none
	Reason   string            `json:"reason"`   // the output reason_code
	Findings []Finding         `json:"findings"`
	Effects  []Effect          `json:"effects"`
	Outputs  map[string]string `json:"outputs"` // without empty ones
	Requests int               `json:"requests"`
	Summary  string            `json:"summary"` // safe HTML
	Log      string            `json:"log"`     // plain text

	Event     string `json:"event"`     // what the workflow ran on, such as issue_comment
	Actor     string `json:"actor"`     // who caused it
	Killed    bool   `json:"killed"`    // the process died
	Cancelled bool   `json:"cancelled"` // the job was cancelled meanwhile
}

// Finding is what a gate said.
type Finding struct {
	Gate    string `json:"gate"`
	Verdict string `json:"verdict"` // pass, warn or block
	HTML    string `json:"html"`    // the sentence, safe HTML
}

// Effect is something that the action did.
type Effect struct {
	Text  string `json:"text"`
	Error string `json:"error"` // "" for none
}

// Environment is a place of the lane at the top of the page.
type Environment struct {
	Name       string      `json:"name"`
	Production bool        `json:"production"`
	State      string      `json:"state"`   // nothing, running, success or failure: of the newest deployment
	Current    *Deployment `json:"current"` // what runs there, null for nothing
	Lock       *Lock       `json:"lock"`    // null for none
}

// Deployment is a deployment at GitHub.
type Deployment struct {
	ID          int64    `json:"id"`
	Environment string   `json:"environment"`
	SHA         string   `json:"sha"`
	Ref         string   `json:"ref"`
	By          string   `json:"by"`
	State       string   `json:"state"`    // the newest status, as GitHub names it
	Statuses    []string `json:"statuses"` // oldest first
	At          string   `json:"at"`
}

// Lock is a lock as its file says it.
type Lock struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	Sticky bool   `json:"sticky"`
	Global bool   `json:"global"`
	Until  string `json:"until"` // RFC 3339, "" for no end
}

// Event is what a receiver got.
type Event struct {
	Receiver string `json:"receiver"`
	Title    string `json:"title"`
	Body     string `json:"body"` // indented JSON or text
	At       string `json:"at"`
}

// User is someone who can type.
type User struct {
	Login string `json:"login"`
	Role  string `json:"role"`
}

// Rules is the rules file on the default branch.
type Rules struct {
	Text     string        `json:"text"`
	Problems []RuleProblem `json:"problems"`
}

// RuleProblem is a fault in the rules file.
type RuleProblem struct {
	Line   int    `json:"line"`   // from 1, 0 for the file as a whole
	Column int    `json:"column"` // from 1, 0 for the line as a whole
	Text   string `json:"text"`
}

// Shipped is a story that comes with the program.
type Shipped struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Text  string `json:"text"`
}
