package pull

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Job is the models that a server has to have.
type Job struct {
	Call   Call
	Models []string
	Log    *zap.Logger // names the server
}

// Bounds of a model's download.
const (
	Limit      = time.Hour // in all, tries and pauses included
	firstPause = 5 * time.Second
	maxPause   = 5 * time.Minute
	tellEvery  = 30 * time.Second
)

// Start does jobs beside each other until stop, which breaks off what is not done and waits for it. What fails is tried again within
// Limit: servers may start later than the gateway, and so may their network.
func Start(jobs ...Job) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, j := range jobs {
		all.Go(func() {
			for _, model := range j.Models {
				if ctx.Err() == nil {
					j.ensure(ctx, model)
				}
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
	}
}

// ensure has the server have a model.
func (j *Job) ensure(ctx context.Context, model string) {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	log := j.Log.With(zap.String("model", model))
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		err := j.try(ctx, model, log)
		if err == nil {
			return
		}
		if ctx.Err() == nil {
			log.Warn("model cannot be pulled at present", zap.Error(err), zap.Duration("again_in", pause))
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			if context.Cause(ctx) == context.DeadlineExceeded {
				log.Error("model was not pulled in time", zap.Duration("limit", Limit), zap.Error(err))
			}
			return
		}
	}
}

func (j *Job) try(ctx context.Context, model string, log *zap.Logger) error {
	switch has, err := Has(ctx, j.Call, model); {
	case err != nil:
		return err
	case has:
		log.Debug("server has the model")
		return nil
	}
	log.Info("model is pulled")
	last := time.Now()
	err := Download(ctx, j.Call, model, func(p Progress) {
		if now := time.Now(); now.Sub(last) >= tellEvery {
			last = now
			log.Info("model is being pulled", zap.Int64("completed_bytes", p.Completed), zap.Int64("total_bytes", p.Total))
		}
	})
	if err == nil {
		log.Info("model was pulled")
	}
	return err
}
