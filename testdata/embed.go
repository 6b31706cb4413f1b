// Package testdata holds what tests and the rehearsal share: stories, webhook payloads, and
// GitHub's published contracts.
package testdata

import "embed"

//go:embed events schema stories
var files embed.FS

// Files gives the folders events, schema and stories.
func Files() embed.FS { return files }
