TOOL = go tool -modfile=internal/tools/lint/go.mod

.PHONY: help test race lint fmt update bench fuzz image workflow rehearsal ci

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

test: ## Run all tests
	go test ./...

race: ## Run all tests with the race detector, in random order
	go test -race -shuffle=on -count=1 ./...

lint: ## Check style and workflows
	$(TOOL) golangci-lint run
	$(TOOL) actionlint

fmt: ## Format the code and apply what go fix suggests
	go fix ./...
	$(TOOL) golangci-lint fmt

update: ## Rewrite what is generated: action.yml, tables, messages, stories
	go run ./cmd/docs
	go test ./internal/message -update
	go test ./internal/rehearse -update

bench: ## Measure what commands take; docs/performance.md has the numbers
	go test -run '^$$' -bench Commands -benchmem -cpu 1 .

fuzz: ## Fuzz every target for FUZZTIME (60s)
	.ci/fuzz $(or $(FUZZTIME),60s)

image: ## Build the container image and run it against the simulator
	.ci/image

workflow: ## Have a real workflow runner play the action against the simulator
	.ci/workflow

rehearsal: ## Rehearse a release of this commit, up to where it would be published
	.ci/release-rehearse

ci: ## Run everything that CI runs
	.ci/run
