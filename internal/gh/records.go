package gh

import (
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

func (n recordNode) record() deploy.Deployment {
	payload, _ := readPayload([]byte(value(n.Payload)))
	record := n.convert()
	record.ID = n.ID
	if n.Commit != nil && n.Commit.Oid == n.CommitOid {
		record.Commit = new(n.Commit.convert())
		record.TreeSHA = n.Commit.Tree.Oid
	}
	if record.Own {
		record.Pull, record.Actor = payload.Pull, payload.Actor
	}
	if record.Own && payload.Rollback != nil {
		record.Rollback = &deploy.Rollback{From: payload.Rollback.From, To: payload.Rollback.To}
	}
	var states []timedStateNode
	for _, status := range value(n.Statuses).Nodes {
		states = append(states, status.timedStateNode)
		record.Statuses = append(record.Statuses, deploy.Status{
			State: status.State, Description: value(status.Description), CreatedAt: known(status.CreatedAt), LogURL: value(status.LogURL),
		})
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
