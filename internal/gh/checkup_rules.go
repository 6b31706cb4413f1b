package gh

import (
	"context"
	"fmt"
	"reflect"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// defaultHead names the newest commit of the default branch.
const defaultHead = "HEAD"

// RulesFiles reads rules files, by their paths, in one request.
func (e *examiner) RulesFiles(ctx context.Context, at checkup.RulesAt) (map[string]checkup.RulesFile, *deploy.Problem) {
	commits := []string{at.Commit}
	if at.Pull {
		commits = append(commits, defaultHead, at.Head)
	}
	var expressions []string
	for _, path := range at.Paths {
		for _, commit := range commits {
			expressions = append(expressions, commit+":"+path)
		}
	}
	if len(expressions) == 0 {
		return nil, nil
	}
	texts, err := e.texts(ctx, expressions)
	if err != nil {
		return nil, new(explainInTime(ctx, doing{"read the rules file", "contents: read"}.failed(err)))
	}
	files := map[string]checkup.RulesFile{}
	for i, path := range at.Paths {
		found := texts[i*len(commits):]
		file := checkup.RulesFile{Path: path, Now: found[0], Compared: at.Pull}
		if at.Pull {
			file.Before, file.Head = found[1], found[2]
		}
		files[path] = file
	}
	return files, nil
}

// texts reads files by expressions that name a commit and a path, one aliased field each.
func (e *examiner) texts(ctx context.Context, expressions []string) ([]checkup.Text, error) {
	variables := map[string]any{}
	fields := make([]reflect.StructField, len(expressions))
	for i, expression := range expressions {
		name := fmt.Sprintf("t%d", i)
		variables[name] = githubv4.String(expression)
		fields[i] = field[*templateNode](name, ": object(expression: $"+name+")")
	}
	got, problems, err := e.queryFields(ctx, fields, variables)
	if err = strict(problems, err); err != nil {
		return nil, err
	}
	texts := make([]checkup.Text, len(expressions))
	for i := range expressions {
		if node := part[templateNode](got, fmt.Sprintf("t%d", i)); node != nil {
			text, problem := node.Blob.read()
			texts[i] = checkup.Text{Exists: true, Text: text, Problem: problem}
		}
	}
	return texts, nil
}
