"""The vocabulary that the window and the engine share; standard library only."""
