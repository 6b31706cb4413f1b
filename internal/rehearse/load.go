package rehearse

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/lockstep-action/lockstep/testdata"
)

// firstStory is the one that the README tells.
const firstStory = "order"

// Stories reads stories from files, or by their names those that come along. Without a name it is
// the story that the README tells.
func Stories(names ...string) ([]Story, error) {
	if len(names) == 0 {
		names = []string{firstStory}
	}
	var all []Story
	for _, name := range names {
		data, err := readStory(name)
		if err != nil {
			return nil, fmt.Errorf("read story %q: %w", name, err)
		}
		story, err := ParseStory(name, data)
		if err != nil {
			return nil, err
		}
		all = append(all, story)
	}
	return all, nil
}

func readStory(name string) ([]byte, error) {
	if filepath.Ext(name) == ".txtar" {
		return os.ReadFile(name) //nolint:gosec // the person at the terminal names the file
	}
	return testdata.Files().ReadFile(path.Join("stories", name+".txtar"))
}
