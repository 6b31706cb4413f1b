package runner

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sethvargo/go-githubactions"
)

const (
	// maxSummary is the longest summary that is written, in bytes. The runner drops a step's
	// summary altogether when it is longer than 1 MiB.
	maxSummary = 1<<20 - 4<<10
	// maxState is the longest saved value, in bytes. The next stage gets it as an environment
	// variable, and Linux starts no process with one of 128 KiB (MAX_ARG_STRLEN).
	maxState = 120 << 10

	summaryCut = "\n_The rest is left out: a job summary holds at most 1 MiB._\n"
)

// SetOutput sets an output of the step. A later value of the same name replaces an earlier one.
func (r *Runner) SetOutput(name, value string) error {
	if err := r.setValue(fileCommand{variable: "GITHUB_OUTPUT", file: "output", command: "set-output"}, name, value); err != nil {
		return fmt.Errorf("set output %q: %w", name, err)
	}
	return nil
}

// SaveState saves a value for the next stage of this step, which reads it by State.
// It refuses what an environment variable cannot contain: a NUL, or more than 120 KiB.
func (r *Runner) SaveState(name, value string) error {
	err := checkState(value)
	if err == nil {
		err = r.setValue(fileCommand{variable: "GITHUB_STATE", file: "state", command: "save-state"}, name, value)
	}
	if err != nil {
		return fmt.Errorf("save state %q: %w", name, err)
	}
	return nil
}

func checkState(value string) error {
	if len(value) > maxState {
		return fmt.Errorf("the value has %d bytes, more than the %d that the next stage can be given", len(value), maxState)
	}
	if strings.ContainsRune(value, 0) {
		return errors.New("the value contains a NUL")
	}
	return nil
}

type fileCommand struct {
	variable string // the variable with the file's path
	file     string // the library's name of the file
	command  string // the workflow command of runners that had no such file
}

// setValue uses a random delimiter, because a value with the delimiter's line would end early.
func (r *Runner) setValue(to fileCommand, name, value string) error {
	if err := checkName(name); err != nil {
		return err
	}
	value = validText(value)
	if r.getenv(to.variable) == "" {
		return r.setByCommand(to.command, name, value)
	}
	delimiter := "ghadelimiter_" + rand.Text()
	message := strings.Join([]string{name + "<<" + delimiter, value, delimiter}, githubactions.EOF)
	r.files.Lock()
	defer r.files.Unlock()
	return recovered(func() {
		r.actions.IssueFileCommand(&githubactions.Command{Name: to.file, Message: message})
	})
}

// setByCommand prints the pair as the workflow command that runners without the file understand.
func (r *Runner) setByCommand(command, name, value string) error {
	return recovered(func() {
		r.actions.Infof("")
		r.actions.IssueCommand(&githubactions.Command{
			Name: command, Message: value,
			Properties: githubactions.CommandProperties{"name": name},
		})
	})
}

// checkName refuses what could read as something else: `name=value`, `name<<delimiter`, or several lines.
func checkName(name string) error {
	odd := func(c rune) bool {
		return c != '_' && c != '-' && (c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c))
	}
	if name == "" || strings.ContainsFunc(name, odd) {
		return errors.New("a name has letters, digits, `_` and `-`")
	}
	return nil
}

// Summary appends Markdown to the job summary, if there is one, as much as the runner takes.
func (r *Runner) Summary(markdown string) error {
	path := r.getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	r.files.Lock()
	defer r.files.Unlock()
	used := 0
	if info, err := os.Stat(path); err == nil {
		used = int(info.Size())
	}
	text := fit(validText(markdown), maxSummary-used-len(githubactions.EOF))
	if text == "" {
		return nil
	}
	if err := recovered(func() { r.actions.AddStepSummary(text) }); err != nil {
		return fmt.Errorf("write job summary: %w", err)
	}
	return nil
}

// fit returns as many whole lines of text as fit into room bytes together with the notice.
func fit(text string, room int) string {
	if len(text) <= room {
		return text
	}
	if room < len(summaryCut) {
		return ""
	}
	head := text[:room-len(summaryCut)]
	return head[:strings.LastIndexByte(head, '\n')+1] + summaryCut
}

// validText replaces what is not UTF-8, as the runner would on reading.
func validText(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }

// ErrNoTemporary says that the runner has no directory for files of the job.
var ErrNoTemporary = errors.New("the runner has no directory for files of the job")

// WriteTemporary writes a file that later steps of the job find in runner.temp. It is in that directory
// itself and not below it: the runner could not remove what is in a directory of ours.
func (r *Runner) WriteTemporary(name string, content []byte) error {
	directory := r.getenv("RUNNER_TEMP")
	if directory == "" {
		return ErrNoTemporary
	}
	if err := writeIn(directory, name, content); err != nil {
		return fmt.Errorf("write file %q: %w", name, err)
	}
	return nil
}

// ErrNoWorkspace says that the runner has no workspace.
var ErrNoWorkspace = errors.New("the runner has no workspace")

// WriteWorkspace writes a file below the job's workspace, in directories that are made if need be. No link is followed:
// it may lead out of there, or to what git keeps.
func (r *Runner) WriteWorkspace(name string, content []byte) error {
	workspace := r.getenv("GITHUB_WORKSPACE")
	if workspace == "" {
		return ErrNoWorkspace
	}
	err := refuseLinks(workspace, name)
	if err == nil {
		err = makeDirectories(workspace, path.Dir(name))
	}
	if err == nil {
		err = writeIn(workspace, name, content)
	}
	if err != nil {
		return fmt.Errorf("write file %q: %w", name, err)
	}
	return nil
}

// refuseLinks makes sure that what is there already are directories and a file: a pipe would never take what is written.
func refuseLinks(directory, name string) error {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	parts := strings.Split(name, "/")
	for i := range parts {
		part := path.Join(parts[:i+1]...)
		info, problem := root.Lstat(part)
		isFile := i == len(parts)-1
		switch {
		case errors.Is(problem, fs.ErrNotExist):
			return root.Close()
		case problem != nil:
			err = problem
		case isFile && !info.Mode().IsRegular(), !isFile && !info.IsDir():
			err = fmt.Errorf("%q is a link, or not what it should be", part)
		}
		if err != nil {
			break
		}
	}
	return errors.Join(err, root.Close())
}

// makeDirectories makes directories in which everyone may remove what is there: a runner that is another user than this
// container cleans up the workspace.
func makeDirectories(directory, name string) error {
	const open = 0o777
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	parts := strings.Split(name, "/")
	for i := range parts {
		part := path.Join(parts[:i+1]...)
		if made := root.Mkdir(part, open); made == nil {
			err = errors.Join(err, root.Chmod(part, open)) // the process's own mask may have closed it
		} else if !errors.Is(made, fs.ErrExist) {
			err = errors.Join(err, made)
		}
	}
	return errors.Join(err, root.Close())
}

// writeIn leaves the directory neither by the name nor by a link in it.
func writeIn(directory, name string, content []byte) error {
	const readable = 0o644 // later steps may run as another user
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, readable)
	if err == nil {
		_, err = file.Write(content)
		err = errors.Join(err, file.Close())
	}
	return errors.Join(err, root.Close())
}
