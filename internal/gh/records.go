package gh

import (
	"reflect"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// recordConnection is a page of deployments with all that is known of them.
type recordConnection struct {
	Nodes    []recordNode
	PageInfo pageInfo
}

type recordNode struct {
	ID string
	deploymentNode
	Commit   *commitNode
	Statuses *struct{ Nodes []recordStatusNode } `graphql:"statuses(first: 10)"`
}

type recordStatusNode struct {
	timedStateNode
	Description *string
	LogURL      *string
}

func (n recordStatusNode) convert() deploy.Status {
	return deploy.Status{State: n.State, Description: value(n.Description), CreatedAt: known(n.CreatedAt), LogURL: value(n.LogURL)}
}

func (n recordNode) record() deploy.Deployment {
	record := n.convert()
	record.ID = n.ID
	if n.Commit != nil && n.Commit.Oid == n.CommitOid {
		record.Commit = new(n.Commit.convert())
		record.TreeSHA = n.Commit.Tree.Oid
	}
	var states []timedStateNode
	for _, status := range value(n.Statuses).Nodes {
		states = append(states, status.timedStateNode)
		record.Statuses = append(record.Statuses, status.convert())
	}
	record.Succeeded, record.SucceededAt = newestSuccess(states)
	return record
}

func (c *recordConnection) convert() []deploy.Deployment {
	var all []deploy.Deployment
	for _, node := range c.Nodes {
		all = append(all, node.record())
	}
	return all
}

// markFirst marks the oldest deployment of the last page.
func markFirst(all []deploy.Deployment, page pageInfo) {
	if n := len(all); n > 0 && !page.HasNextPage {
		all[n-1].First = true
	}
}

// addLive adds the deployments of the environment that the request is about, and reports whether they were read.
func addLive(repository reflect.Value, facts *deploy.Facts) bool {
	var page pageInfo
	live, records := part[historyConnection](repository, liveField), part[recordConnection](repository, liveField)
	switch {
	case live != nil:
		facts.Live, page = live.convert(), live.PageInfo
	case records != nil:
		facts.Live, page = records.convert(), records.PageInfo
	default:
		return false
	}
	markFirst(facts.Live, page)
	facts.Older = ""
	if page.HasNextPage {
		facts.Older = value(page.EndCursor)
	}
	return true
}
