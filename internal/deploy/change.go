package deploy

// Change is a pull request that a deployment brings, or a commit that no pull request brought.
type Change struct {
	Pull   int    `json:"pull,omitempty"`   // the number of the pull request, 0 for a commit without one
	SHA    string `json:"sha"`              // the newest of its commits that was found
	Title  string `json:"title"`            // of the pull request, or the first line of the commit's message
	Author string `json:"author,omitempty"` // the login of who opened the pull request or wrote the commit, or else the name in the commit; "" for unknown
	URL    string `json:"url,omitempty"`
}

// Changelog is what a deployment brings to its environment, or takes away from it. All zero is unknown.
type Changelog struct {
	Removed bool     `json:"removed,omitempty"` // it is what goes away: the deployment goes back
	Commits int      `json:"commits"`           // how many there are
	Pulls   int      `json:"pulls,omitempty"`   // how many pull requests are known
	Changes []Change `json:"list,omitempty"`    // newest first
	More    int      `json:"more,omitempty"`    // changes for which there is no room
	Unknown int      `json:"unknown,omitempty"` // commits that were not looked up
}

// MaxChanges is how many changes are listed.
const MaxChanges = 50

// Add adds a change, or counts it where the list is full.
func (c *Changelog) Add(one Change) {
	c.Pulls += min(1, one.Pull)
	if len(c.Changes) < MaxChanges {
		c.Changes = append(c.Changes, one)
		return
	}
	c.More++
}

// WithoutList returns the changelog with the changes counted instead of listed.
func (c *Changelog) WithoutList() *Changelog {
	if c == nil {
		return nil
	}
	short := *c
	short.Changes, short.More = nil, c.More+len(c.Changes)
	return &short
}
