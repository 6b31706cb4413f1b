package rehearse

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/similar"
	"github.com/lockstep-action/lockstep/testdata"
)

const (
	firstStory = "order" // the one that the README tells
	storyExt   = ".txtar"
)

// Stories reads stories from files, or bundled ones by their names. Without a name it is the story that the README
// tells.
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
		if err := story.addRules(name); err != nil {
			return nil, err
		}
		all = append(all, story)
	}
	return all, nil
}

// testExt is how the name of a test of a rules file ends: lockstep.test.txtar is one of lockstep.yml next to it.
const testExt = ".test" + storyExt

// addRules gives the test of a rules file that file, unless the story has one of its own.
func (s *Story) addRules(name string) error {
	base, isTest := strings.CutSuffix(name, testExt)
	if _, has := s.Files[config.DefaultPolicyPath]; has || !isTest {
		return nil
	}
	text, err := os.ReadFile(base + ".yml") //nolint:gosec // the person at the terminal names the file
	if wrong := checkName(base); err != nil && wrong != nil {
		return wrong
	}
	if err != nil {
		return fmt.Errorf("read the rules file that %q tests: %w", name, err)
	}
	s.Files[config.DefaultPolicyPath] = string(text)
	return nil
}

func readStory(name string) ([]byte, error) {
	if filepath.Ext(name) == storyExt {
		return os.ReadFile(name) //nolint:gosec // the person at the terminal names the file
	}
	data, err := testdata.Files().ReadFile(path.Join("stories", name+storyExt))
	if errors.Is(err, fs.ErrNotExist) {
		hint := perhaps(similar.Nearest(name, StoryNames()))
		if hint == "" {
			hint = "; rehearse -h lists them"
		}
		return nil, fmt.Errorf("it is not a *%s file, and there is no bundled story of this name%s", storyExt, hint)
	}
	return data, err
}

// StoryNames lists the bundled stories.
func StoryNames() []string {
	entries, err := testdata.Files().ReadDir("stories")
	if err != nil {
		return nil
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = strings.TrimSuffix(entry.Name(), storyExt)
	}
	return names
}
