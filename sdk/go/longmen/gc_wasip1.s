// This file is empty: it allows gc_wasip1.go to declare a function without a body.
