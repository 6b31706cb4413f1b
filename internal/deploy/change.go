package deploy

// Change is a pull request that a deployment brings, or a commit that no pull request brought.
type Change struct {
	Pull   int    // the number of the pull request, 0 for a commit without one
	SHA    string // the newest of its commits that was found
	Title  string // of the pull request, or the first line of the commit's message
	Author string // the login of who opened the pull request or wrote the commit, or else the name in the commit; "" for unknown
	URL    string
}
