"""Pretrained backbones, their parts and their files."""
