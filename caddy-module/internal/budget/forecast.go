package budget

import "sync/atomic"

// Forecast is how large answers are and how far estimates of prompts fall short, as of late. It is safe for concurrent use; the zero value has
// seen nothing.
type Forecast struct {
	answer atomic.Int64 // tokens; 0 when none was seen
	prompt atomic.Int64 // counted tokens to estimated ones, in 1024ths above 1
}

const (
	ease     = 32 // a value that is below what was seen before lowers that by this part of the difference
	whole    = 1024
	farthest = 3 * whole // that an estimate of a prompt is raised
	telling  = 256       // tokens of the smallest prompt that says how far estimates fall short
	overhead = 32        // tokens that templates add to a prompt, which matter only to those that are smaller
)

// Answer is how many tokens an answer may have whose request sets no limit: about as many as the largest of late, or assumed when none was seen.
func (f *Forecast) Answer(assumed int64) int64 {
	if n := f.answer.Load(); n > 0 {
		return n
	}
	return assumed
}

// Prompt is how many tokens a prompt may be counted to have by its estimate.
func (f *Forecast) Prompt(estimate int64) int64 {
	return estimate + estimate*f.prompt.Load()/whole + overhead
}

// Saw takes in what a provider has counted, beside the estimate of the prompt. Requests that set a limit of their own say nothing of answers: limited.
func (f *Forecast) Saw(estimate, prompt, answer int64, limited bool) {
	if estimate >= telling && prompt > 0 {
		raise(&f.prompt, min(max((prompt-estimate)*whole/estimate, 0), farthest), 0)
	}
	if answer > 0 && !limited {
		raise(&f.answer, answer, 1)
	}
}

// raise follows a value upwards at once and downwards slowly. What goes lost between two that come together is as good as either.
func raise(at *atomic.Int64, n, least int64) {
	old := at.Load()
	if n < old {
		n = old - (old-n+ease-1)/ease
	}
	at.CompareAndSwap(old, max(n, least))
}
