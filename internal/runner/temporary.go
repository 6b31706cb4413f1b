package runner

import (
	"errors"
	"fmt"
	"os"
)

// ErrNoTemporary says that the runner has no directory for files of the job.
var ErrNoTemporary = errors.New("the runner has no directory for files of the job")

// WriteTemporary writes a file that later steps of the job find in runner.temp. It stands in that directory
// itself and not below it: the runner could not remove what it holds of a directory of ours.
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

// writeIn leaves the directory neither by the name nor by a link that stands there.
func writeIn(directory, name string, content []byte) error {
	const readable = 0o644 // later steps may run as somebody else
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
