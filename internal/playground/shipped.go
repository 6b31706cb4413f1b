package playground

import (
	"fmt"
	"path"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/testdata"

	_ "embed"
)

//go:embed first.txtar
var first string

// First is the story that the page begins with: a refusal that has already happened.
func First() string { return first }

// Stories returns the stories that come with the program, in the order of their names.
func Stories() ([]Shipped, error) {
	var all []Shipped
	for _, name := range rehearse.StoryNames() {
		text, err := testdata.Files().ReadFile(path.Join("stories", name+".txtar"))
		if err != nil {
			return nil, fmt.Errorf("read story %q: %w", name, err)
		}
		story, err := rehearse.ParseStory(name, text)
		if err != nil {
			return nil, err
		}
		all = append(all, Shipped{Name: name, Title: story.Title, Text: string(text)})
	}
	return all, nil
}
