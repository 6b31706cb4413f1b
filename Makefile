TOOL = go tool -modfile=internal/tools/lint/go.mod

.PHONY: help test race lint fmt update fuzz image ci

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

update: ## Rewrite the generated parts of action.yml and the documentation
	go test ./internal/arch -update

fuzz: ## Fuzz every target for FUZZTIME (60s)
	.ci/fuzz $(or $(FUZZTIME),60s)

image: ## Build the container image and run it against the simulator
	.ci/image

ci: ## Run everything that CI runs
	.ci/run
