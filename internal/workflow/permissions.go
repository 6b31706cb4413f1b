package workflow

import (
	"go.yaml.in/yaml/v3"
)

// Permissions are what a workflow or a job grants its token. What a map leaves out is not granted.
type Permissions struct {
	All    string            // "read" or "write" for every scope, "" for a list of scopes
	Scopes map[string]string // read, write or none
}

// readPermissions reads read-all, write-all, or a mapping of scopes; nil when nothing is said.
func readPermissions(node yaml.Node) *Permissions {
	node = resolved(node)
	switch {
	case node.Kind == 0:
		return nil
	case node.Value == "read-all":
		return &Permissions{All: "read"}
	case node.Value == "write-all":
		return &Permissions{All: "write"}
	}
	granted := &Permissions{Scopes: map[string]string{}}
	_ = node.Decode(&granted.Scopes) // an empty value grants nothing, as {} does
	return granted
}

// Grants reports whether a scope is granted at a level, read or write.
func (p Permissions) Grants(scope, level string) bool {
	granted := p.All
	if granted == "" {
		granted = p.Scopes[scope]
	}
	return granted == "write" || granted == level
}

// Granted are the permissions of a job's token as far as the file tells: those of the job, else those of the
// workflow; nil when neither says anything.
func (w Workflow) Granted(j Job) *Permissions {
	if j.Permissions != nil {
		return j.Permissions
	}
	return w.Permissions
}
