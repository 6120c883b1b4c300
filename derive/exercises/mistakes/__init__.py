"""What people get wrong when they differentiate, each mistake once, as a function from right to wrong."""

from derive.exercises.mistakes.catalogue import MISTAKES, altered, diagnosed, mistake, wrong_versions
from derive.exercises.mistakes.mistake import Mistake
from derive.exercises.mistakes.setting import Setting, setting_of

__all__ = ["MISTAKES", "Mistake", "Setting", "altered", "diagnosed", "mistake", "setting_of", "wrong_versions"]
