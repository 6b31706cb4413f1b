package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// routes lists the operations that the simulator answers, as "METHOD path".
func routes() []string {
	return strings.Split(strings.TrimSpace(`
get /rate_limit
get /user
get /repos/{owner}/{repo}
post /repos/{owner}/{repo}/dispatches
get /repos/{owner}/{repo}/actions/runs/{run_id}
get /repos/{owner}/{repo}/activity
get /repos/{owner}/{repo}/branches/{branch}
get /repos/{owner}/{repo}/collaborators/{username}/permission
get /repos/{owner}/{repo}/commits/{ref}
get /repos/{owner}/{repo}/commits/{ref}/check-runs
get /repos/{owner}/{repo}/commits/{ref}/status
get /repos/{owner}/{repo}/compare/{basehead}
get /repos/{owner}/{repo}/contents/{path}
get /repos/{owner}/{repo}/deployments
post /repos/{owner}/{repo}/deployments
get /repos/{owner}/{repo}/deployments/{deployment_id}
delete /repos/{owner}/{repo}/deployments/{deployment_id}
get /repos/{owner}/{repo}/deployments/{deployment_id}/statuses
post /repos/{owner}/{repo}/deployments/{deployment_id}/statuses
get /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}
post /repos/{owner}/{repo}/git/blobs
get /repos/{owner}/{repo}/git/blobs/{file_sha}
post /repos/{owner}/{repo}/git/commits
get /repos/{owner}/{repo}/git/commits/{commit_sha}
get /repos/{owner}/{repo}/git/matching-refs/{ref}
get /repos/{owner}/{repo}/git/ref/{ref}
post /repos/{owner}/{repo}/git/refs
patch /repos/{owner}/{repo}/git/refs/{ref}
delete /repos/{owner}/{repo}/git/refs/{ref}
post /repos/{owner}/{repo}/git/trees
get /repos/{owner}/{repo}/git/trees/{tree_sha}
get /repos/{owner}/{repo}/issues/comments/{comment_id}
patch /repos/{owner}/{repo}/issues/comments/{comment_id}
delete /repos/{owner}/{repo}/issues/comments/{comment_id}
get /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions
post /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions
delete /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}
get /repos/{owner}/{repo}/issues/{issue_number}
patch /repos/{owner}/{repo}/issues/{issue_number}
get /repos/{owner}/{repo}/issues/{issue_number}/comments
post /repos/{owner}/{repo}/issues/{issue_number}/comments
get /repos/{owner}/{repo}/issues/{issue_number}/labels
post /repos/{owner}/{repo}/issues/{issue_number}/labels
delete /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}
put /repos/{owner}/{repo}/issues/{issue_number}/lock
delete /repos/{owner}/{repo}/issues/{issue_number}/lock
get /repos/{owner}/{repo}/pulls
post /repos/{owner}/{repo}/pulls
get /repos/{owner}/{repo}/pulls/{pull_number}
patch /repos/{owner}/{repo}/pulls/{pull_number}
get /repos/{owner}/{repo}/pulls/{pull_number}/files
get /repos/{owner}/{repo}/pulls/{pull_number}/reviews
put /repos/{owner}/{repo}/pulls/{pull_number}/update-branch
get /repos/{owner}/{repo}/rules/branches/{branch}
post /repos/{owner}/{repo}/statuses/{sha}
get /orgs/{org}/teams/{team_slug}/memberships/{username}`), "\n")
}

// pruneOpenAPI keeps the routes and the components that they refer to.
func pruneOpenAPI(source []byte) ([]byte, error) {
	var document map[string]any
	if err := json.Unmarshal(source, &document); err != nil {
		return nil, err
	}
	paths, err := keepRoutes(document["paths"].(map[string]any))
	if err != nil {
		return nil, err
	}
	components := document["components"].(map[string]any)
	kept := map[string]any{}
	collect(paths, components, kept)
	info := map[string]any{"title": "GitHub v3 REST API, pruned", "version": "1.1.4"}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err = encoder.Encode(map[string]any{
		"openapi": document["openapi"], "info": info, "servers": document["servers"],
		"paths": paths, "components": kept,
	})
	return out.Bytes(), err
}

func keepRoutes(all map[string]any) (map[string]any, error) {
	kept := map[string]any{}
	for _, route := range routes() {
		method, path, _ := strings.Cut(route, " ")
		item, _ := all[path].(map[string]any)
		operation, ok := item[method].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("find route %q", route)
		}
		if kept[path] == nil {
			kept[path] = map[string]any{}
		}
		for _, noise := range []string{"description", "externalDocs", "tags", "x-github"} {
			delete(operation, noise)
		}
		kept[path].(map[string]any)[method] = operation
	}
	return kept, nil
}

// collect follows every $ref below value and copies its target into kept.
func collect(value any, components, kept map[string]any) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			collect(element, components, kept)
		}
	case map[string]any:
		if reference, ok := value["$ref"].(string); ok {
			keepReference(reference, components, kept)
		}
		for _, element := range value {
			collect(element, components, kept)
		}
	}
}

func keepReference(reference string, components, kept map[string]any) {
	group, name, _ := strings.Cut(strings.TrimPrefix(reference, "#/components/"), "/")
	if kept[group] == nil {
		kept[group] = map[string]any{}
	}
	into := kept[group].(map[string]any)
	if into[name] != nil {
		return
	}
	into[name] = components[group].(map[string]any)[name]
	collect(into[name], components, kept)
}
