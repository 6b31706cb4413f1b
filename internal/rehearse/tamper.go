package rehearse

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// tampered changes what a start handed over, as a job in between could.
func (p *Session) tampered(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	ledger, err := unpack(p.handed["handoff"])
	if err != nil {
		return err
	}
	switch f[0] {
	case "deployment":
		err = p.nameDeployment(ledger, f[1])
	case "lock":
		branch := sim.LockBranch(environmentOf(f[1]))
		ledger["lock"] = map[string]any{"branch": branch, "tip": p.GitHub.Head(branch), "attempted": true}
	case "comment":
		ledger["trigger_id"] = json.Number(f[1])
	case "context":
		err = p.nameLock(f[1])
	case "field":
		err = change(ledger, f[1])
	default:
		err = fmt.Errorf("%q is not handed over; name deployment, lock, comment, context or field", f[0])
	}
	p.handed["handoff"] = pack(ledger)
	return err
}

func (p *Session) nameDeployment(ledger map[string]any, environment string) error {
	all := p.GitHub.Deployments(environment)
	subject, ok := ledger["subject"].(map[string]any)
	if len(all) == 0 || !ok {
		return errors.New("there is no deployment to name")
	}
	ledger["deployment_id"], subject["environment"], subject["sha"] = all[0].ID, environment, all[0].SHA
	return nil
}

// nameLock names the lock of an environment in what branch-deploy hands over, which is without our own part.
func (p *Session) nameLock(environment string) error {
	var context map[string]any
	if err := json.Unmarshal([]byte(p.handed["context"]), &context); err != nil {
		return err
	}
	context["environment"], context["lock_ref_sha"] = environment, p.GitHub.Head(sim.LockBranch(environmentOf(environment)))
	delete(context, "lockstep")
	text, err := json.Marshal(context)
	p.handed["context"] = string(text)
	return err
}

// change gives a field, which may be one inside of others, another value.
func change(ledger map[string]any, assignment string) error {
	path, text, _ := strings.Cut(assignment, "=")
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		inside, ok := ledger[name].(map[string]any)
		if !ok {
			return fmt.Errorf("there is no %q", name)
		}
		ledger = inside
	}
	var value any
	err := json.Unmarshal([]byte(text), &value)
	ledger[names[len(names)-1]] = value
	return err
}

func unpack(handoff string) (map[string]any, error) {
	packed, err := base64.RawURLEncoding.DecodeString(handoff)
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var ledger map[string]any
	decoder := json.NewDecoder(reader)
	decoder.UseNumber()
	return ledger, decoder.Decode(&ledger)
}

func pack(ledger map[string]any) string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_ = json.NewEncoder(writer).Encode(ledger) // it was decoded before
	_ = writer.Close()                         // to memory
	return base64.RawURLEncoding.EncodeToString(packed.Bytes())
}
