"""Classification of images or sounds by a language model: the pipeline of the policy, without a robot."""
