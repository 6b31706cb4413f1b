package main

import (
	"bytes"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// composites names the object, interface and union types that stay; each brings its
// connection and edge types along. Scalars, enums and inputs stay when something uses them.
func composites() []string {
	return strings.Fields(`
Query Mutation Node Actor UniformResourceLocatable PageInfo RateLimit
Repository RepositoryOwner RepositoryInfo RepositoryNode User Bot Mannequin Organization
GitObject Ref RefUpdateRule Commit Tree TreeEntry Blob Tag GitActor Comparison ComparisonCommit CommitHistory
GitSignature GpgSignature SshSignature SmimeSignature UnknownSignature
PullRequest PullRequestCommit PullRequestReview PullRequestChangedFile ReviewRequest RequestedReviewer Team
Comment Reactable Labelable Closable Lockable Assignable Updatable UpdatableComment Deletable Minimizable
Issue IssueOrPullRequest IssueComment Label Reaction ReactionGroup Reactor Milestone AutoMergeRequest MergeQueue
StatusCheckRollup StatusCheckRollupContext CheckRun CheckSuite CheckRunStateCount StatusContextStateCount
RequirableByPullRequest Status StatusContext App Workflow WorkflowRun
Deployment DeploymentStatus DeploymentReview DeploymentReviewer DeploymentProtectionRule Environment Release
BranchProtectionRule RepositoryRule RepositoryRuleset RuleParameters RepositoryRuleConditions RuleSource
PullRequestParameters RequiredStatusChecksParameters StatusCheckConfiguration RequiredDeploymentsParameters
RefNameConditionTarget UpdateParameters WorkflowsParameters MergeQueueParameters
AddCommentPayload UpdateIssueCommentPayload AddReactionPayload RemoveReactionPayload
CreateRefPayload UpdateRefsPayload UpdateRefPayload DeleteRefPayload DeleteIssueCommentPayload`)
}

// pruneGraphQL keeps the composite types and what their remaining fields use.
func pruneGraphQL(source []byte) ([]byte, error) {
	document, err := parser.ParseSchema(&ast.Source{Name: "schema.graphql", Input: string(source)})
	if err != nil {
		return nil, err
	}
	pruner := newPruner(document)
	pruner.cut()
	document.Definitions = pruner.used()
	document.Directives = nil
	document.Schema, document.SchemaExtension = nil, nil
	var out bytes.Buffer
	formatter.NewFormatter(&out, formatter.WithIndent("  "), formatter.WithoutDescription()).FormatSchemaDocument(document)
	_, err = validator.LoadSchema(validator.Prelude, &ast.Source{Name: "github.graphql", Input: out.String()})
	return out.Bytes(), err
}

type pruner struct {
	definitions map[string]*ast.Definition
	kept        map[string]bool
	reached     map[string]bool
}

func newPruner(document *ast.SchemaDocument) *pruner {
	p := &pruner{definitions: map[string]*ast.Definition{}, kept: map[string]bool{}, reached: map[string]bool{}}
	for _, definition := range document.Definitions {
		p.definitions[definition.Name] = definition
	}
	for _, name := range composites() {
		for _, suffix := range []string{"", "Connection", "Edge"} {
			p.kept[name+suffix] = p.definitions[name+suffix] != nil
		}
	}
	return p
}

func (p *pruner) survives(name string) bool {
	definition := p.definitions[name]
	if definition == nil || definition.BuiltIn {
		return definition != nil || slices.Contains([]string{"String", "Int", "Float", "Boolean", "ID"}, name)
	}
	if slices.Contains([]ast.DefinitionKind{ast.Scalar, ast.Enum, ast.InputObject}, definition.Kind) {
		return true
	}
	return p.kept[name]
}

// cut removes fields, interfaces and union members whose types did not survive.
func (p *pruner) cut() {
	for name, definition := range p.definitions {
		if !p.kept[name] || !slices.Contains([]ast.DefinitionKind{ast.Object, ast.Interface, ast.Union}, definition.Kind) {
			continue
		}
		gone := func(name string) bool { return !p.survives(name) }
		definition.Interfaces = slices.DeleteFunc(definition.Interfaces, gone)
		definition.Types = slices.DeleteFunc(definition.Types, gone)
		seen := map[string]bool{}
		definition.Fields = slices.DeleteFunc(definition.Fields, func(field *ast.FieldDefinition) bool {
			repeated := seen[field.Name]
			seen[field.Name] = true
			return repeated || gone(field.Type.Name())
		})
	}
}

// used returns what Query and Mutation reach, in the order of names.
func (p *pruner) used() ast.DefinitionList {
	p.reach("Query")
	p.reach("Mutation")
	for name := range p.kept {
		if p.kept[name] {
			p.reach(name)
		}
	}
	var list ast.DefinitionList
	for name := range p.reached {
		list = append(list, p.definitions[name])
	}
	slices.SortFunc(list, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (p *pruner) reach(name string) {
	definition := p.definitions[name]
	if definition == nil || p.reached[name] {
		return
	}
	p.reached[name] = true
	for _, field := range definition.Fields {
		p.reach(field.Type.Name())
		for _, argument := range field.Arguments {
			p.reach(argument.Type.Name())
		}
	}
	for _, other := range slices.Concat(definition.Interfaces, definition.Types) {
		p.reach(other)
	}
}
