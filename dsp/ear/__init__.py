"""The stages of hearing one guitar: each file one idea, all causal, none knows the pipeline that joins them."""
