"""Pairs written by hand, so that the demo shows what real content looks like: code, maths, chats, other scripts.

Each is (prompt or turns, better response, worse response, gap from 1 to 3, topic).
"""

from typing import Any

WRITTEN: list[tuple[Any, str, str, int, str]] = [
    (
        "My sourdough is dense although the starter doubles in six hours. What should I change first?",
        "A starter that doubles in six hours is strong enough, so the likeliest cause is **under-fermented dough**: the "
        "bulk rise ends by the clock and not by the dough.\n\nChange one thing first:\n\n1. Put a little of the mixed dough "
        "into a straight glass and mark its height.\n2. Shape only when it has risen by half to three quarters. At 21 °C "
        "that often takes seven to nine hours.\n3. Keep all else as it is for one bake, so that you know what helped.",
        "Great question! There are many possible reasons for dense sourdough. You could try:\n\n- a stronger flour\n- more "
        "kneading\n- a higher hydration\n- a longer proof in the fridge\n- a Dutch oven\n- deeper scoring\n\nWith practice "
        "you will get there. Every kitchen is different, so experiment and have fun!",
        2,
        "advice",
    ),
    (
        "Write a Python function that returns the median of a list of numbers. An empty list should raise ValueError.",
        '```python\ndef median(numbers: list[float]) -> float:\n    """The middle value, or the mean of the two middle ones."""\n'
        '    if not numbers:\n        raise ValueError("median of an empty list")\n    ordered = sorted(numbers)\n'
        "    middle = len(ordered) // 2\n    if len(ordered) % 2:\n        return ordered[middle]\n"
        "    return (ordered[middle - 1] + ordered[middle]) / 2\n```\n\n`sorted` makes a copy, so the caller's list stays as it was.",
        "```python\ndef median(numbers):\n    numbers.sort()\n    return numbers[len(numbers) // 2]\n```\n\nThis sorts the list and takes "
        "the middle element, which is the median.",
        3,
        "code",
    ),
    (
        "Why does the harmonic series diverge although its terms go to zero?",
        "Group the terms so that each group is at least one half:\n\n$$ 1 + \\frac12 + \\left(\\frac13 + \\frac14\\right) + "
        "\\left(\\frac15 + \\dots + \\frac18\\right) + \\dots $$\n\nThe group that ends at $\\frac{1}{2^k}$ has $2^{k-1}$ terms, each at "
        "least $\\frac{1}{2^k}$, so it adds up to at least $\\frac12$. There are infinitely many groups, hence no bound. Terms that "
        "go to zero are *necessary* for convergence, not sufficient.",
        "The harmonic series is $\\sum \\frac{1}{n}$. Because the terms become smaller and smaller but never reach zero, you always add "
        "something, so the sum must be infinite.",
        3,
        "mathematics",
    ),
    (
        [
            {"role": "user", "content": "I have two hours in Lisbon between trains. What is worth it?"},
            {"role": "assistant", "content": "Do you leave from Santa Apolónia or from Oriente? They are far apart."},
            {"role": "user", "content": "Santa Apolónia, with a small backpack."},
        ],
        "Walk up into **Alfama**, it begins across the street. Fifteen minutes of stairs bring you to the *Portas do Sol* "
        "terrace; coffee there, then down past the cathedral and back along the river. That is ninety minutes at an easy pace, "
        "and you never need a tram.",
        "Lisbon is the beautiful capital of Portugal and offers something for everyone! You could visit Belém Tower, the Jerónimos "
        "Monastery, the Oceanarium, the LX Factory and the castle. Don't forget to try a pastel de nata!",
        2,
        "travel",
    ),
    (
        "ما الفرق بين الطقس والمناخ؟ أجب في جملتين.",
        "الطقس هو حالة الجو في مكان معيّن خلال ساعات أو أيام، كالحرارة والمطر اليوم. أما المناخ فهو متوسط هذه الحالات على مدى عقود، "
        "ولذلك لا يكفي يوم بارد واحد للحكم عليه.",
        "الطقس والمناخ متشابهان جدًا. الطقس هو المناخ اليوم والمناخ هو الطقس غدًا، وكلاهما مهم لحياتنا اليومية وللزراعة والسفر والرياضة.",
        2,
        "knowledge",
    ),
    (
        "Summarize in one sentence: “The council met for three hours. It approved the new cycle lane on Mill Street by seven votes to "
        "four, but postponed the decision about parking fees until the traffic count in May.”",
        "The council approved the Mill Street cycle lane, seven to four, and put off the decision on parking fees until May's traffic count.",
        "The council met for three hours and discussed many important topics about traffic in the city, such as cycling and parking.",
        2,
        "summary",
    ),
    (
        "Is it true that we use only ten percent of our brain?",
        "No. Scans show activity in practically all regions over a day, and damage to almost any of them has consequences. Even at rest the "
        "brain takes about a fifth of the body's energy, which would be a poor bargain for ninety idle percent.",
        "Yes, scientists believe that most people only use about 10 % of their brain. With meditation, puzzles and the right nutrition you can "
        "unlock the remaining potential.",
        3,
        "knowledge",
    ),
    (
        "Give me a regular expression for a date like 2026-11-20, and say what it does not check.",
        "```\n^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$\n```\n\nIt checks the shape and the ranges of month and day. It does **not** "
        "check that the day exists: `2026-02-31` passes. Parse it with a date library if that matters.",
        "```\n\\d+-\\d+-\\d+\n```\n\nThis matches any date in the format year-month-day.",
        2,
        "code",
    ),
    (
        "Compare three ways of storing passwords, as a table.",
        "| Way | If the table leaks | Verdict |\n|---|---|---|\n| Plain text | every password is known at once | never |\n| One fast hash "
        "(SHA-256) | billions of guesses a second | no |\n| Slow salted hash (Argon2) | each guess costs time and memory | yes |\n\nThe salt "
        "makes equal passwords look different; the cost makes guessing expensive.",
        "| Way | Security |\n|---|---|\n| Plain text | low |\n| Encryption | high |\n| Hashing | high |\n\nEncryption is recommended since it can be "
        "reversed when a user forgets the password.",
        3,
        "code",
    ),
    (
        "Explain to a ten-year-old why the sky is blue.",
        "Sunlight looks white, but it is a mix of all colors. Air is full of tiny bits that bounce blue light around much more than red light. So "
        "blue comes at your eyes from every side of the sky, while the other colors mostly go straight on.",
        "The sky appears blue because of Rayleigh scattering, whose intensity is proportional to the inverse fourth power of the wavelength, so "
        "that shorter wavelengths are scattered more strongly by molecules much smaller than the wavelength.",
        1,
        "explaining",
    ),
    (
        [
            {"role": "system", "content": "You are the help desk of a library. Be brief."},
            {"role": "user", "content": "My book is two weeks late. What now?"},
        ],
        "Please bring it back when you can; the fee is capped at 5 euros. If you still need it and nobody waits for it, I can renew it now.",
        "Thank you for reaching out to us! We completely understand that life can get busy. Late returns may incur fees according to our fee "
        "schedule, which can be found on our website under the section “Fees”. We appreciate your understanding.",
        2,
        "support",
    ),
    (
        "用一句话解释什么是机器学习。",
        "机器学习是让计算机从数据中自己找出规律、再用这些规律去预测新情况的方法。",
        "机器学习就是机器人像人一样学习，将来它们会取代所有的工作。",
        2,
        "knowledge",
    ),
]
