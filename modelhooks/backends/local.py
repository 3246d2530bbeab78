"""Chat models in folders as judges, generators and writers of rubrics: the same as on a server, without one.

They cost no money and see no pictures. Nobody has to try whether they keep to a form, since it is kept for them.
"""

from dataclasses import replace

from modelhooks.backends import folder
from modelhooks.backends.transformers import chat
from modelhooks.catalog import LocalGeneratorOptions, LocalJudgeOptions, LocalWriterOptions, WeightsOptions
from modelhooks.judging.asking import Setting
from modelhooks.judging.chat import MOST_ALTERNATIVES, Sampling
from modelhooks.judging.generating import NamedGenerator
from modelhooks.judging.judge import ChatJudge
from modelhooks.judging.writer import ChatWriter


def load_judge(options: LocalJudgeOptions) -> ChatJudge:
    """The judge that a checkpoint of the backend `local_judge` stands for. Raises LoadRefused."""
    sampling = Sampling(options.temperature, max_tokens=options.longest, alternatives=MOST_ALTERNATIVES)
    setting = Setting(_chat(options), sampling, instructions=options.instructions)
    return ChatJudge(setting, options.style, options.allows_tie, options.samples)


def load_generator(options: LocalGeneratorOptions) -> NamedGenerator:
    """The generator that a checkpoint of the backend `local_generator` stands for. Raises LoadRefused."""
    return NamedGenerator(Setting(_chat(options), Sampling(temperature=1.0)), {"model": options.folder})


def load_writer(options: LocalWriterOptions) -> ChatWriter:
    """The writer that a checkpoint of the backend `local_writer` stands for. Raises LoadRefused."""
    setting = Setting(_chat(options), Sampling(options.temperature, max_tokens=options.longest))
    # It judges as judges are asked: without chance.
    certain = replace(setting.sampling, temperature=0.0, alternatives=MOST_ALTERNATIVES)
    return ChatWriter(setting, replace(setting, sampling=certain), options.temperature)


def _chat(options: WeightsOptions) -> chat.FolderChat:
    found: chat.FolderChat = folder.on_device(options, chat.load)
    return found
