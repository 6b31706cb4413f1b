package app

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// board is output board: one JSON object whose key order never changes. Unknown is null.
type board struct {
	SchemaVersion int        `json:"schema_version"`
	At            string     `json:"at"`
	Environments  []boardRow `json:"environments"`
	LeftOut       []string   `json:"left_out"`
}

type boardRow struct {
	Environment string            `json:"environment"`
	URL         *string           `json:"url"`
	Production  bool              `json:"production"`
	After       []string          `json:"after"`
	State       deploy.BoardState `json:"state"`
	Running     *boardDeployment  `json:"running"`
	Last        *boardDeployment  `json:"last"` // the last attempt
	Lock        *boardLock        `json:"lock"`
	Freeze      *boardFreeze      `json:"freeze"`
	Command     *string           `json:"command"`
	Reason      *deploy.Reason    `json:"reason_code"` // that the command would end with
	Message     *string           `json:"message"`     // why it would be refused, in Markdown
}

type boardDeployment struct {
	SHA      string                   `json:"sha"`
	Version  *string                  `json:"version"`
	Pull     *int                     `json:"pull_request"`
	By       *string                  `json:"by"`
	Began    *string                  `json:"began"`
	Ended    *string                  `json:"ended"`
	Outcome  deploy.DeploymentOutcome `json:"outcome"`
	Rollback bool                     `json:"rollback"`
	Own      bool                     `json:"own"` // made by Lockstep, or in its name
	URL      *string                  `json:"url"`
}

type boardLock struct {
	Status deploy.LockStatus `json:"status"`
	By     *string           `json:"by"`
	Reason *string           `json:"reason"`
	Since  *string           `json:"since"`
	Until  *string           `json:"until"`
	Global bool              `json:"global"`
}

type boardFreeze struct {
	Name   string  `json:"name"`
	Active bool    `json:"active"`
	From   *string `json:"from"`
	Until  *string `json:"until"`
}

// boardOutputs are what runs where, for a program.
func boardOutputs(b *deploy.Board) []Output {
	if b == nil {
		return nil
	}
	all := board{SchemaVersion: 1, At: b.At.UTC().Format(time.RFC3339), Environments: []boardRow{}, LeftOut: append([]string{}, b.LeftOut...)}
	for _, row := range b.Rows {
		all.Environments = append(all.Environments, rowOf(row))
	}
	text, _ := js.Stringify(all) // cannot fail: texts and numbers
	return []Output{{"board", text}}
}

func rowOf(row deploy.BoardRow) boardRow {
	one := boardRow{
		Environment: row.Environment, URL: js.OrNull(row.URL), Production: row.Production, After: append([]string{}, row.After...), State: row.State,
		Running: deploymentOf(row.Running), Last: deploymentOf(row.Newest), Lock: lockOf(row.Lock), Command: js.OrNull(row.Command),
	}
	if freeze := row.Freeze; freeze != nil {
		one.Freeze = &boardFreeze{Name: freeze.Name, Active: freeze.Active, From: js.TimeOrNull(freeze.From), Until: js.TimeOrNull(freeze.Until)}
	}
	if asked := row.Asked; asked != nil {
		one.Reason = &asked.Reason
		if blocking := asked.Blocking(); len(blocking) > 0 {
			one.Message = &blocking[0].Text
		}
	}
	return one
}

func deploymentOf(d *deploy.Deployment) *boardDeployment {
	if d == nil {
		return nil
	}
	return &boardDeployment{
		SHA: d.SHA, Version: chosen(d.Named()), By: chosen(d.By()), Began: js.TimeOrNull(d.CreatedAt), Ended: js.TimeOrNull(d.EndedAt().Value),
		Outcome: d.Outcome(), Rollback: d.Rollback != nil, Own: d.Own, URL: js.OrNull(d.LogURL), Pull: js.OrNull(d.Pull),
	}
}

func lockOf(state *deploy.LockState) *boardLock {
	if state == nil {
		return nil
	}
	doc := state.Lock.Document
	return &boardLock{
		Status: state.Status, By: chosen(doc.CreatedBy), Reason: chosen(doc.Reason), Since: js.TimeOrNull(doc.CreatedAt), Until: js.TimeOrNull(doc.ExpiresAt),
		Global: state.Target.Global,
	}
}

// chosen is text that someone chose, with its beginning only: a global lock is in every row, and a program may get the
// output as a variable.
func chosen(text string) *string { return js.OrNull(markdown.Brief(text)) }
